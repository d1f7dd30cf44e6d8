/* SPDX-License-Identifier: ISC */
/*
 * The examination of a file that may be anything.  LMDB trusts its file, and
 * may crash on a damaged one.  So a process of its own reads it completely,
 * and writes it again, in order and without free pages: the file that we use
 * was written by ourselves.
 */
#include <sys/stat.h>

#include <errno.h>
#include <lmdb.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/clock.h"
#include "engine/store/file.h"

/* Room for the new file, beyond twice the old one's contents. */
#define SPARE		(32ULL * 1024 * 1024)

static enum store_verdict	 examine(const char *, const char *, int);
static enum store_verdict	 open_old(const char *, MDB_env **);
static uint64_t			 used(MDB_env *);
static MDB_env			*renew(const char *, uint64_t);
static enum store_verdict	 copy(MDB_txn *, MDB_dbi, MDB_txn **);
static bool			 is_behind(const MDB_val *, const uint8_t *,
				    size_t);

enum store_verdict
store_examine(const char *dir)
{
	char path[STORE_PATH], new[STORE_PATH];
	enum store_verdict verdict;
	struct stat st;
	int fd;

	if ((size_t)snprintf(path, sizeof(path), "%s/" STORE_FILE, dir) >=
	    sizeof(path) || (size_t)snprintf(new, sizeof(new), "%s/"
	    STORE_FILE ".new", dir) >= sizeof(new))
		return STORE_DENIED;
	if ((fd = store_lock(dir)) == -1)
		return errno == EWOULDBLOCK ? STORE_BUSY : STORE_DENIED;
	if (lstat(path, &st) == -1)
		verdict = errno == ENOENT ? STORE_EMPTY : STORE_DENIED;
	else if (!S_ISREG(st.st_mode))
		verdict = STORE_FOREIGN;
	else if (st.st_size == 0)
		verdict = STORE_EMPTY;
	else
		verdict = examine(path, new, fd);
	close(fd);
	return verdict;
}

static enum store_verdict
examine(const char *path, const char *new, int dir)
{
	enum store_verdict verdict;
	MDB_env *env, *fresh;
	MDB_txn *txn, *out = NULL;
	MDB_dbi dbi;

	verdict = open_old(path, &env);
	if (verdict != STORE_GOOD)
		return verdict;
	if (mdb_txn_begin(env, NULL, MDB_RDONLY, &txn) != 0 ||
	    mdb_dbi_open(txn, NULL, 0, &dbi) != 0)
		return STORE_DAMAGED;
	fresh = renew(new, used(env));
	if (fresh != NULL)
		(void)mdb_txn_begin(fresh, NULL, 0, &out);
	verdict = copy(txn, dbi, &out);
	/*
	 * If there is no room for a new one, the old one is used: it is good.
	 */
	if (verdict == STORE_GOOD && out != NULL && mdb_txn_commit(out) == 0 &&
	    rename(new, path) == 0)
		(void)fsync(dir);
	else
		(void)unlink(new);
	return verdict;
}

/*
 * Its header says how much memory it wants; it gets as much as its pages need.
 */
static enum store_verdict
open_old(const char *path, MDB_env **env)
{
	int rc;

	if (mdb_env_create(env) != 0 || mdb_env_set_mapsize(*env,
	    (size_t)sysconf(_SC_PAGESIZE)) != 0)
		return STORE_DAMAGED;
	rc = mdb_env_open(*env, path, STORE_FLAGS | MDB_RDONLY, 0600);
	if (rc == 0)
		return STORE_GOOD;
	if (rc == EACCES || rc == EPERM)
		return STORE_DENIED;
	return rc == MDB_INVALID || rc == MDB_VERSION_MISMATCH ?
	    STORE_FOREIGN : STORE_DAMAGED;
}

/* Octets of its pages, of which a file that is longer has no more. */
static uint64_t
used(MDB_env *env)
{
	MDB_envinfo info;
	MDB_stat st;

	if (mdb_env_info(env, &info) != 0 || mdb_env_stat(env, &st) != 0)
		return 0;
	return ((uint64_t)info.me_last_pgno + 1) * st.ms_psize;
}

/* An empty file beside the old one, or NULL: no room or no permission. */
static MDB_env *
renew(const char *path, uint64_t octets)
{
	MDB_env *env;

	(void)unlink(path);
	if (mdb_env_create(&env) != 0)
		return NULL;
	if (mdb_env_set_mapsize(env, (size_t)(octets * 2 + SPARE)) != 0 ||
	    mdb_env_open(env, path, STORE_FLAGS, 0600) != 0)
		return NULL;
	return env;
}

/* Every record, in order; *out is NULL once it cannot be written. */
static enum store_verdict
copy(MDB_txn *txn, MDB_dbi dbi, MDB_txn **out)
{
	struct store_clock now = { clock_wall(), clock_monotime() };
	enum store_verdict verdict;
	MDB_val key, value, head;
	uint8_t last[DATUM_MAX];
	size_t lastlen = 0;
	MDB_cursor *cursor;
	struct stored s;
	MDB_dbi to = 0;
	int64_t written;
	int rc;

	head.mv_size = sizeof(store_head_key);
	head.mv_data = (void *)(uintptr_t)store_head_key;
	rc = mdb_get(txn, dbi, &head, &value);
	if (rc != 0 && rc != MDB_NOTFOUND)
		return STORE_DAMAGED;
	if (mdb_cursor_open(txn, dbi, &cursor) != 0)
		return STORE_DAMAGED;
	if (rc == MDB_NOTFOUND)
		return mdb_cursor_get(cursor, &key, &value, MDB_FIRST) ==
		    MDB_NOTFOUND ? STORE_GOOD : STORE_FOREIGN;
	verdict = store_head_get(value.mv_data, value.mv_size, &written);
	if (verdict != STORE_GOOD)
		return verdict;
	if (*out != NULL && mdb_dbi_open(*out, NULL, 0, &to) != 0)
		*out = NULL;
	while ((rc = mdb_cursor_get(cursor, &key, &value, MDB_NEXT)) == 0) {
		/* Keys must increase, or a damaged file could loop for ever. */
		if (key.mv_size > sizeof(last) ||
		    !is_behind(&key, last, lastlen))
			return STORE_DAMAGED;
		lastlen = key.mv_size;
		memcpy(last, key.mv_data, lastlen);
		if (!store_is_head(key.mv_data, key.mv_size) &&
		    store_record_get(&s, key.mv_data, key.mv_size,
		    value.mv_data, value.mv_size, &now) == -1)
			return STORE_DAMAGED;
		if (*out != NULL && mdb_put(*out, to, &key, &value,
		    MDB_APPEND) != 0) {
			mdb_txn_abort(*out);
			*out = NULL;
		}
	}
	return rc == MDB_NOTFOUND ? STORE_GOOD : STORE_DAMAGED;
}

static bool
is_behind(const MDB_val *key, const uint8_t *last, size_t len)
{
	size_t n = key->mv_size < len ? key->mv_size : len;
	int c = memcmp(key->mv_data, last, n);

	return c > 0 || (c == 0 && key->mv_size > len);
}
