/* SPDX-License-Identifier: ISC */
/*
 * The store's file in every state that a disk can leave it in.  Each is logged
 * in one line, no readable record is lost, an unreadable file is renamed, and
 * writing continues if that is possible at all.
 */
#include <sys/resource.h>
#include <sys/stat.h>

#include <fcntl.h>
#include <lmdb.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "engine/store/file.h"
#include "stub_log.h"

#define NOBODY		65534
#define RECORDS		2000

static const struct store_clock now = { 1700000000000LL, { 1000000000000LL } };
static char	dir[64], table[96], bad[96];
static uint32_t	loaded;
static struct stored last;

static int
setup(void **state)
{
	(void)state;
	strcpy(dir, "/tmp/test_store.XXXXXX");
	if (mkdtemp(dir) == NULL)
		return -1;
	snprintf(table, sizeof(table), "%s/table", dir);
	snprintf(bad, sizeof(bad), "%s/table.bad", dir);
	stub_log_clear();
	return 0;
}

static int
teardown(void **state)
{
	char path[96];

	(void)state;
	(void)chmod(dir, 0700);
	(void)unlink(table);
	(void)unlink(bad);
	snprintf(path, sizeof(path), "%s/table.new", dir);
	(void)unlink(path);
	return rmdir(dir);
}

static void
make(struct stored *s, uint32_t n)
{
	memset(s, 0, sizeof(*s));
	s->expires = monotime_add(now.mono, 1000 * (int64_t)(n + 1));
	s->claimed = now.mono;
	s->seqno = (uint16_t)n;
	s->keylen = 5;
	s->vallen = 6;
	s->data[1] = 10;
	s->data[3] = (uint8_t)(n >> 8);
	s->data[4] = (uint8_t)n;
	s->data[9] = (uint8_t)(n >> 8);
	s->data[10] = (uint8_t)n;
}

/* Records from n on, to write or to delete. */
static int
change(struct store_file *f, uint32_t n, uint32_t count, bool keep)
{
	struct store_batch b = { .wall = now.wall, .max_data = 100000 };
	uint8_t room[STORE_VALUE_MAX];
	struct stored s;
	struct ibuf buf;
	int rc;

	for (; count-- > 0; n++) {
		make(&s, n);
		ibuf_to(&buf, room, sizeof(room));
		assert_int_equal(store_record_add(&buf, &s, &now), 0);
		assert_int_equal(store_batch_add(&b, s.data, s.keylen, room,
		    keep ? (uint16_t)ibuf_len(&buf) : 0), 0);
	}
	rc = store_file_write(f, &b);
	free(b.data);
	return rc;
}

static void
each(void *arg, const struct stored *s)
{
	(void)arg;
	loaded++;
	last = *s;
}

/* The number of its records. */
static uint32_t
load(struct store_file *f)
{
	struct store_clock clock = now;

	loaded = 0;
	assert_int_equal(store_file_load(f, &clock, each, NULL), 0);
	return loaded;
}

static void
fill_file(uint32_t count)
{
	struct store_file *f = store_file_open(dir, dir);

	assert_non_null(f);
	assert_int_equal(change(f, 0, count, true), 0);
	store_file_close(f);
}

static int
lines(void)
{
	const char *p;
	int n = 0;

	for (p = stub_log_text(); *p != '\0'; p++)
		n += *p == '\n';
	return n;
}

/*
 * Opened with one line of log that contains the word; it can be written then.
 */
static void
goes_on(const char *word)
{
	struct store_file *f;

	stub_log_clear();
	f = store_file_open(dir, "/state");
	assert_non_null(f);
	if (lines() != 1 || strstr(stub_log_text(), word) == NULL ||
	    strstr(stub_log_text(), "state /state/table: ") == NULL)
		fail_msg("said: %s", stub_log_text());
	assert_int_equal(load(f), 0);
	assert_int_equal(change(f, 7, 1, true), 0);
	store_file_close(f);
	f = store_file_open(dir, "/state");
	assert_non_null(f);
	assert_int_equal(lines(), 1);
	assert_int_equal(load(f), 1);
	store_file_close(f);
	assert_int_equal(access(bad, F_OK), 0);
}

static void
what_is_written_is_there_again(void **state)
{
	struct store_file *f;
	struct stored want;

	(void)state;
	fill_file(RECORDS);
	f = store_file_open(dir, dir);
	assert_non_null(f);
	assert_int_equal(load(f), RECORDS);
	make(&want, RECORDS - 1);
	assert_memory_equal(last.data, want.data, 11);
	assert_int_equal(last.seqno, want.seqno);
	assert_true(last.expires.us == want.expires.us);
	assert_true(last.claimed.us == want.claimed.us);
	assert_int_equal(lines(), 0);
	store_file_close(f);
}

static void
what_is_forgotten_is_gone_and_its_room_given_back(void **state)
{
	struct store_file *f;
	struct stat full, st;

	(void)state;
	fill_file(RECORDS);
	assert_int_equal(stat(table, &full), 0);
	f = store_file_open(dir, dir);
	assert_non_null(f);
	assert_int_equal(change(f, 3, RECORDS - 3, false), 0);
	assert_int_equal(change(f, 3, RECORDS - 3, false), 0);
	assert_int_equal(load(f), 3);
	store_file_close(f);
	f = store_file_open(dir, dir);
	assert_non_null(f);
	assert_int_equal(load(f), 3);
	assert_int_equal(stat(table, &st), 0);
	assert_true(st.st_size < full.st_size / 4);
	store_file_close(f);
}

static void
put_octets(const char *path, const void *octets, size_t len, off_t at)
{
	int fd = open(path, O_WRONLY | O_CREAT, 0600);

	assert_true(fd != -1);
	assert_int_equal(pwrite(fd, octets, len, at), len);
	close(fd);
}

static void
another_programs_file_is_put_aside(void **state)
{
	char text[9000];

	(void)state;
	memset(text, 'x', sizeof(text));
	put_octets(table, text, sizeof(text), 0);
	goes_on("not a table of ours");
}

/* One record under a key. */
static void
put_lmdb(const void *key, size_t keylen, const void *value, size_t len)
{
	MDB_val k = { keylen, (void *)(uintptr_t)key };
	MDB_val v = { len, (void *)(uintptr_t)value };
	MDB_env *env;
	MDB_txn *txn;
	MDB_dbi dbi;

	assert_int_equal(mdb_env_create(&env), 0);
	assert_int_equal(mdb_env_open(env, table, MDB_NOSUBDIR | MDB_NOLOCK,
	    0600), 0);
	assert_int_equal(mdb_txn_begin(env, NULL, 0, &txn), 0);
	assert_int_equal(mdb_dbi_open(txn, NULL, 0, &dbi), 0);
	assert_int_equal(mdb_put(txn, dbi, &k, &v, 0), 0);
	assert_int_equal(mdb_txn_commit(txn), 0);
	mdb_env_close(env);
}

static void
another_programs_lmdb_is_put_aside(void **state)
{
	(void)state;
	put_lmdb("key", 3, "value", 5);
	goes_on("not a table of ours");
}

static void
newer_version_is_put_aside(void **state)
{
	static const uint8_t head[] = "sroamtbl\0\3 and what it likes";

	(void)state;
	fill_file(10);
	put_lmdb(store_head_key, sizeof(store_head_key), head, sizeof(head));
	goes_on("newer version");
}

static void
one_wrong_record_is_noticed(void **state)
{
	static const uint8_t key[] = { 0, 10, 0, 0, 1 };

	(void)state;
	fill_file(10);
	put_lmdb(key, sizeof(key), "0123456789012345678901234567", 28);
	goes_on("damaged");
}

static void
one_that_was_put_aside_makes_room_for_the_next(void **state)
{
	char text[5000];
	struct stat st;

	(void)state;
	memset(text, 'x', sizeof(text));
	put_octets(bad, text, 10, 0);
	put_octets(table, text, sizeof(text), 0);
	goes_on("not a table of ours");
	assert_int_equal(stat(bad, &st), 0);
	assert_int_equal(st.st_size, sizeof(text));
}

/*
 * Any page of the file overwritten, or the file cut there: LMDB may crash when
 * it reads that, we may not.
 */
static void
no_damage_kills(void **state)
{
	static const uint8_t noise[] = { 0x00, 0xff, 0x2a };
	struct store_file *f;
	uint8_t page[4096];
	struct stat st;
	size_t i, n, pages;
	bool wrong = false;

	(void)state;
	fill_file(RECORDS);
	assert_int_equal(stat(table, &st), 0);
	pages = (size_t)st.st_size / sizeof(page);
	assert_true(pages > 10);
	for (i = 0; i < pages; i++)
		for (n = 0; n <= sizeof(noise); n++) {
			(void)unlink(table);
			(void)unlink(bad);
			fill_file(RECORDS);
			stub_log_clear();
			memset(page, noise[n % sizeof(noise)], sizeof(page));
			if (n < sizeof(noise))
				put_octets(table, page, sizeof(page),
				    (off_t)(i * sizeof(page)));
			else
				assert_int_equal(truncate(table,
				    (off_t)(i * sizeof(page))), 0);
			f = store_file_open(dir, dir);
			assert_non_null(f);
			if (load(f) != RECORDS) {
				/* The page before the last may be free. */
				assert_int_equal(loaded, 0);
				assert_int_equal(lines(), n < sizeof(noise) ||
				    i > 0 ? 1 : 0);
				wrong = true;
			}
			assert_int_equal(change(f, 0, RECORDS, true), 0);
			assert_int_equal(load(f), RECORDS);
			store_file_close(f);
		}
	assert_true(wrong);
}

static void
a_full_disk_is_an_error_that_passes(void **state)
{
	struct rlimit old, few;
	struct store_file *f;
	int rc;

	(void)state;
	signal(SIGXFSZ, SIG_IGN);
	f = store_file_open(dir, dir);
	assert_non_null(f);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
	few = old;
	few.rlim_cur = 32768;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &few), 0);
	rc = change(f, 0, RECORDS, true);
	assert_int_not_equal(rc, 0);
	assert_true(store_file_passing(rc));
	assert_int_equal(change(f, 0, 3, true), 0);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
	assert_int_equal(change(f, 0, RECORDS, true), 0);
	assert_int_equal(load(f), RECORDS);
	store_file_close(f);
}

/* No room for the new copy: the old file is used. */
static void
a_disk_full_at_start_loses_nothing(void **state)
{
	struct rlimit old, few;
	struct store_file *f;

	(void)state;
	signal(SIGXFSZ, SIG_IGN);
	fill_file(RECORDS);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
	few = old;
	few.rlim_cur = 32768;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &few), 0);
	f = store_file_open(dir, dir);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
	assert_non_null(f);
	assert_int_equal(load(f), RECORDS);
	assert_int_equal(change(f, 0, 3, false), 0);
	assert_int_equal(load(f), RECORDS - 3);
	store_file_close(f);
}

static void
become_nobody(mode_t folder, mode_t file)
{
	if (geteuid() != 0)
		skip();
	assert_int_equal(chown(dir, NOBODY, NOBODY), 0);
	assert_int_equal(chmod(dir, folder), 0);
	assert_int_equal(chmod(table, file), 0);
	assert_int_equal(chown(table, file & 0400 ? NOBODY : 0, 0), 0);
	assert_int_equal(seteuid(NOBODY), 0);
}

static void
a_file_that_may_only_be_read_is_read(void **state)
{
	struct store_file *f;

	(void)state;
	fill_file(RECORDS);
	/* The folder, too, or the file would be written again. */
	become_nobody(0500, 0400);
	f = store_file_open(dir, dir);
	assert_int_equal(seteuid(0), 0);
	assert_non_null(f);
	assert_false(store_file_writable(f));
	assert_int_equal(lines(), 1);
	assert_int_equal(load(f), RECORDS);
	store_file_close(f);
}

static void
a_file_that_may_not_be_read_is_put_aside(void **state)
{
	(void)state;
	fill_file(RECORDS);
	become_nobody(0700, 0);
	goes_on("may not be read");
	assert_int_equal(seteuid(0), 0);
}

static void
a_folder_that_may_not_be_written_is_said(void **state)
{
	struct store_file *f;

	(void)state;
	put_octets(table, "", 0, 0);
	become_nobody(0500, 0600);
	assert_int_equal(seteuid(0), 0);
	assert_int_equal(unlink(table), 0);
	assert_int_equal(seteuid(NOBODY), 0);
	f = store_file_open(dir, dir);
	assert_int_equal(seteuid(0), 0);
	assert_null(f);
	assert_int_equal(lines(), 1);
	assert_non_null(strstr(stub_log_text(), "memory only"));
}

static void
a_folder_that_is_not_there_is_said(void **state)
{
	(void)state;
	assert_null(store_file_open("/nonexistent", "/nonexistent"));
	assert_int_equal(lines(), 1);
}

#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_is_written_is_there_again),
		TEST(what_is_forgotten_is_gone_and_its_room_given_back),
		TEST(another_programs_file_is_put_aside),
		TEST(another_programs_lmdb_is_put_aside),
		TEST(newer_version_is_put_aside),
		TEST(one_wrong_record_is_noticed),
		TEST(one_that_was_put_aside_makes_room_for_the_next),
		TEST(no_damage_kills),
		TEST(a_full_disk_is_an_error_that_passes),
		TEST(a_disk_full_at_start_loses_nothing),
		TEST(a_file_that_may_only_be_read_is_read),
		TEST(a_file_that_may_not_be_read_is_put_aside),
		TEST(a_folder_that_may_not_be_written_is_said),
		TEST(a_folder_that_is_not_there_is_said),
	};

	return cmocka_run_group_tests_name("store_file", tests, NULL, NULL);
}
