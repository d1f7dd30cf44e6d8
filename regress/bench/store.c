/* SPDX-License-Identifier: ISC */
/*
 * The cost of the store: a table of leases written in batches as the engine
 * writes them, changed completely, checked as at start, and read.
 */
#include <sys/stat.h>

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/clock.h"
#include "engine/store/file.h"

#define BATCH	4096
#define BATCHES	64

static struct store_clock	now;
static double			made[BATCHES], took[BATCHES];
static uint32_t			loaded;

static double
ms(monotime_t since)
{
	return (double)(clock_monotime().us - since.us) / 1000;
}

static int
cmp(const void *a, const void *b)
{
	double	x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* The n-th lease lies anywhere in the table, as hashed addresses do. */
static void
add(struct store_batch *b, uint32_t n)
{
	struct stored	s;
	struct ibuf	buf;
	uint8_t		room[STORE_VALUE_MAX];
	uint32_t	key = n * 2654435761u;

	memset(&s, 0, sizeof(s));
	s.expires = monotime_add(now.mono, 1800000);
	s.claimed = now.mono;
	s.keylen = 5;
	s.vallen = 6;
	memcpy(s.data + 1, &key, 4);
	memcpy(s.data + 5, &n, 4);
	ibuf_to(&buf, room, sizeof(room));
	if (store_record_add(&buf, &s, &now) == -1 ||
	    store_batch_add(b, s.data, s.keylen, room,
	    (uint16_t)ibuf_len(&buf)) == -1)
		errx(1, "no memory");
}

static void
write_all(struct store_file *f, const char *what, uint32_t count,
    uint32_t step)
{
	struct store_batch	 b = { .wall = now.wall, .max_data = 1000000 };
	monotime_t		 start;
	uint32_t		 n = 0, i, batches = 0;
	int			 rc;

	while (n < count && batches < BATCHES) {
		start = clock_monotime();
		store_batch_clear(&b);
		for (i = 0; i < BATCH && n < count; i++, n += step)
			add(&b, n);
		made[batches] = ms(start);
		start = clock_monotime();
		if ((rc = store_file_write(f, &b)) != 0)
			errx(1, "%s", store_file_error(rc));
		took[batches++] = ms(start);
	}
	free(b.data);
	qsort(made, batches, sizeof(made[0]), cmp);
	qsort(took, batches, sizeof(took[0]), cmp);
	printf("%-24s %3u batches, ms: made %.1f, write median %.1f, "
	    "longest %.1f\n", what, batches, made[batches / 2],
	    took[batches / 2], took[batches - 1]);
}

static void
write_small(struct store_file *f)
{
	struct store_batch	 b = { .wall = now.wall, .max_data = 1000000 };
	monotime_t		 start;
	uint32_t		 i;

	for (i = 0; i < BATCHES; i++) {
		store_batch_clear(&b);
		add(&b, i * 7);
		start = clock_monotime();
		if (store_file_write(f, &b) != 0)
			errx(1, "write");
		took[i] = ms(start);
	}
	free(b.data);
	qsort(took, BATCHES, sizeof(took[0]), cmp);
	printf("%-24s %3u batches, ms: write median %.1f, longest %.1f\n",
	    "one lease", BATCHES, took[BATCHES / 2], took[BATCHES - 1]);
}

static void
each(void *arg, const struct stored *s)
{
	(void)arg;
	(void)s;
	loaded++;
}

int
main(int argc, char **argv)
{
	struct store_file	*f;
	struct stat		 st;
	monotime_t		 start;
	char			 dir[256], path[300];
	uint32_t		 count;
	double			 opened;

	if (argc != 3)
		errx(1, "usage: store folder leases");
	count = (uint32_t)atoi(argv[2]);
	snprintf(dir, sizeof(dir), "%s/store.XXXXXX", argv[1]);
	if (mkdtemp(dir) == NULL)
		err(1, "%s", dir);
	snprintf(path, sizeof(path), "%s/table", dir);
	now.wall = clock_wall();
	now.mono = clock_monotime();
	if ((f = store_file_open(dir, dir)) == NULL)
		return 1;
	write_all(f, "fill", count, 1);
	write_all(f, "change", count, count / (4 * BATCH) + 1);
	write_small(f);
	store_file_close(f);
	if (stat(path, &st) == -1)
		err(1, "%s", path);
	printf("%-24s %.1f octets a lease\n", "on disk, as written",
	    (double)st.st_size / count);
	start = clock_monotime();
	if (store_examine(dir) != STORE_GOOD)
		errx(1, "%s: is no good", path);
	f = store_file_open(dir, dir);
	opened = ms(start);
	if (f == NULL || stat(path, &st) == -1)
		return 1;
	start = clock_monotime();
	(void)store_file_load(f, &now, each, NULL);
	printf("%-24s %.1f octets a lease\n", "on disk, after a start",
	    (double)st.st_size / count);
	printf("%-24s %.0f ms checked and written again, %.0f ms read\n",
	    "start", opened, ms(start));
	if (loaded != count)
		errx(1, "%u leases of %u", loaded, count);
	store_file_close(f);
	(void)unlink(path);
	(void)rmdir(dir);
	return 0;
}
