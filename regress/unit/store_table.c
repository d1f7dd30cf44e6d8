/* SPDX-License-Identifier: ISC */
/* A table on disk for tests. */
#include <sys/stat.h>

#include <fcntl.h>
#include <lmdb.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "store_table.h"
#include "stub_log.h"

const struct store_clock	store_now = {
	1700000000000LL, { 1000000000000LL }
};
struct stored	store_last;

static uint32_t	loaded;

void
store_make(struct stored *s, uint32_t n)
{
	memset(s, 0, sizeof(*s));
	s->expires = monotime_add(store_now.mono, 1000 * (int64_t)(n + 1));
	s->claimed = store_now.mono;
	s->seqno = (uint16_t)n;
	s->keylen = 5;
	s->vallen = 6;
	s->data[1] = 10;
	s->data[3] = (uint8_t)(n >> 8);
	s->data[4] = (uint8_t)n;
	s->data[9] = (uint8_t)(n >> 8);
	s->data[10] = (uint8_t)n;
}

int
store_change(struct store_file *f, uint32_t n, uint32_t count, bool keep)
{
	struct store_batch b = { .wall = store_now.wall, .max_data = 100000 };
	uint8_t room[STORE_VALUE_MAX];
	struct stored s;
	struct ibuf buf;
	int rc;

	for (; count-- > 0; n++) {
		store_make(&s, n);
		ibuf_to(&buf, room, sizeof(room));
		assert_int_equal(store_record_add(&buf, &s, &store_now), 0);
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
	store_last = *s;
}

uint32_t
store_count(struct store_file *f)
{
	struct store_clock clock = store_now;

	loaded = 0;
	assert_int_equal(store_file_load(f, &clock, each, NULL), 0);
	return loaded;
}

void
store_fill(const char *dir, uint32_t count)
{
	struct store_file *f = store_file_open(dir, dir);

	assert_non_null(f);
	assert_int_equal(store_change(f, 0, count, true), 0);
	store_file_close(f);
}

void
store_octets(const char *path, const void *octets, size_t len, off_t at)
{
	int fd = open(path, O_WRONLY | O_CREAT, 0600);

	assert_true(fd != -1);
	assert_int_equal(pwrite(fd, octets, len, at), len);
	close(fd);
}

void
store_lmdb(const char *path, const void *key, size_t keylen, const void *value,
    size_t len)
{
	MDB_val k = { keylen, (void *)(uintptr_t)key };
	MDB_val v = { len, (void *)(uintptr_t)value };
	MDB_env *env;
	MDB_txn *txn;
	MDB_dbi dbi;

	assert_int_equal(mdb_env_create(&env), 0);
	assert_int_equal(mdb_env_open(env, path, MDB_NOSUBDIR | MDB_NOLOCK,
	    0600), 0);
	assert_int_equal(mdb_txn_begin(env, NULL, 0, &txn), 0);
	assert_int_equal(mdb_dbi_open(txn, NULL, 0, &dbi), 0);
	assert_int_equal(mdb_put(txn, dbi, &k, &v, 0), 0);
	assert_int_equal(mdb_txn_commit(txn), 0);
	mdb_env_close(env);
}

int
store_lines(void)
{
	const char *p;
	int n = 0;

	for (p = stub_log_text(); *p != '\0'; p++)
		n += *p == '\n';
	return n;
}
