/* SPDX-License-Identifier: ISC */
/* The table on disk: an LMDB file. */
#include <sys/file.h>
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <lmdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "common/log.h"
#include "engine/store/file.h"

#define LOCK_TRIES	300		/* of 10 ms */
#define RECORD_OCTETS	128		/* octets on disk, at most */
#define MAP_SPARE	(32ULL * 1024 * 1024)

struct store_file {
	MDB_env		*env;
	char		*path;
	char		*shown;		/* as log lines show it */
	int		 dir;		/* locked; -1 */
	bool		 writable;
	uint64_t	 map;
};

static int	open_env(struct store_file *);
static uint64_t	map_size(uint64_t);
static int	apply(MDB_txn *, const struct store_batch *);
static int	put_head(MDB_txn *, MDB_dbi, int64_t);

struct store_file *
store_file_open(const char *dir, const char *shown)
{
	struct store_file	*f;

	if ((f = calloc(1, sizeof(*f))) == NULL ||
	    asprintf(&f->path, "%s/" STORE_FILE, dir) == -1 ||
	    asprintf(&f->shown, "%s/" STORE_FILE, shown) == -1)
		fatal("state");
	f->dir = store_lock(dir);
	if (f->dir == -1 && errno == EWOULDBLOCK)
		log_warnx("state %s: used by another process: leases are "
		    "kept in memory only", f->shown);
	else if (f->dir == -1)
		log_warn("state %s: leases are kept in memory only", f->shown);
	if (f->dir == -1 || open_env(f) == -1) {
		store_file_close(f);
		return NULL;
	}
	return f;
}

void
store_file_close(struct store_file *f)
{
	if (f == NULL)
		return;
	if (f->env != NULL)
		mdb_env_close(f->env);
	if (f->dir != -1)
		close(f->dir);
	free(f->path);
	free(f->shown);
	free(f);
}

/*
 * The lock is on the folder, so that it works on a read-only disk; LMDB's own
 * is for many processes, and costs a file.
 */
int
store_lock(const char *dir)
{
	struct timespec	ms10 = { 0, 10000000 };
	int		fd, i, saved;

	fd = open(dir[0] == '\0' ? "/" : dir,
	    O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd == -1)
		return -1;
	for (i = 0; i < LOCK_TRIES; i++) {
		if (flock(fd, LOCK_EX | LOCK_NB) == 0)
			return fd;
		if (errno != EWOULDBLOCK && errno != EINTR)
			break;
		nanosleep(&ms10, NULL);
		errno = EWOULDBLOCK;
	}
	saved = errno;
	close(fd);
	errno = saved;
	return -1;
}

static int
open_env(struct store_file *f)
{
	struct stat	st;
	int		rc;

	if ((rc = mdb_env_create(&f->env)) != 0)
		goto fail;
	if ((rc = mdb_env_open(f->env, f->path, STORE_FLAGS, 0600)) == 0) {
		f->writable = true;
		return 0;
	}
	/* After a failure LMDB needs a new handle. */
	mdb_env_close(f->env);
	f->env = NULL;
	if ((rc != EACCES && rc != EPERM && rc != EROFS) ||
	    stat(f->path, &st) == -1 || st.st_size == 0 ||
	    mdb_env_create(&f->env) != 0)
		goto fail;
	if (mdb_env_open(f->env, f->path, STORE_FLAGS | MDB_RDONLY, 0600) != 0)
		goto fail;
	log_warnx("state %s: %s: was read, and is not written",
	    f->shown, mdb_strerror(rc));
	return 0;
 fail:
	log_warnx("state %s: %s: leases are kept in memory only", f->shown,
	    mdb_strerror(rc));
	return -1;
}

bool
store_file_writable(const struct store_file *f)
{
	return f->writable;
}

const char *
store_file_name(const struct store_file *f)
{
	return f->shown;
}

/* LMDB writes pages by one descriptor and its headers by another. */
size_t
store_file_fds(const struct store_file *f, int *fds, size_t max)
{
	struct stat	ours, st;
	size_t		n = 0;
	int		fd;

	if (!f->writable || mdb_env_get_fd(f->env, &fd) != 0 ||
	    fstat(fd, &ours) == -1)
		return 0;
	for (fd = 0; fd < 64 && n < max; fd++)
		if (fstat(fd, &st) == 0 && st.st_dev == ours.st_dev &&
		    st.st_ino == ours.st_ino)
			fds[n++] = fd;
	return n;
}

int
store_file_load(struct store_file *f, struct store_clock *now,
    void (*each)(void *, const struct stored *), void *arg)
{
	struct stored	 s;
	MDB_cursor	*cursor;
	MDB_val		 key, value;
	MDB_txn		*txn;
	MDB_dbi		 dbi;
	int64_t		 written;
	int		 rc = -1;

	if (mdb_txn_begin(f->env, NULL, MDB_RDONLY, &txn) != 0)
		return -1;
	key.mv_size = sizeof(store_head_key);
	key.mv_data = (void *)(uintptr_t)store_head_key;
	if (mdb_dbi_open(txn, NULL, 0, &dbi) != 0)
		goto done;
	rc = 0;
	if (mdb_get(txn, dbi, &key, &value) != 0)
		goto done;
	if (store_head_get(value.mv_data, value.mv_size, &written) !=
	    STORE_GOOD || mdb_cursor_open(txn, dbi, &cursor) != 0) {
		rc = -1;
		goto done;
	}
	store_clock_since(now, written);
	while (mdb_cursor_get(cursor, &key, &value, MDB_NEXT) == 0)
		if (!store_is_head(key.mv_data, key.mv_size) &&
		    store_record_get(&s, key.mv_data, key.mv_size,
		    value.mv_data, value.mv_size, now) == 0)
			each(arg, &s);
	mdb_cursor_close(cursor);
 done:
	mdb_txn_abort(txn);
	return rc;
}

/*
 * LMDB copies pages before it changes them, and uses those that a batch frees
 * again two batches later: hence twice the size of the data.
 */
static uint64_t
map_size(uint64_t max_data)
{
	uint64_t	size = max_data * RECORD_OCTETS * 2 + MAP_SPARE;
	uint64_t	most = SIZE_MAX / 4;

	return (size < most ? size : most) & ~0xffffULL;
}

int
store_file_write(struct store_file *f, const struct store_batch *b)
{
	MDB_txn		*txn;
	uint64_t	 map = map_size(b->max_data);
	int		 rc;

	if (f->map != map) {
		if ((rc = mdb_env_set_mapsize(f->env, (size_t)map)) != 0)
			return rc;
		f->map = map;
	}
	if ((rc = mdb_txn_begin(f->env, NULL, 0, &txn)) != 0)
		return rc;
	if ((rc = apply(txn, b)) != 0) {
		mdb_txn_abort(txn);
		return rc;
	}
	return mdb_txn_commit(txn);
}

static int
apply(MDB_txn *txn, const struct store_batch *b)
{
	struct ibuf	buf;
	MDB_dbi		dbi;
	MDB_val		key, value;
	uint16_t	len;
	uint8_t		keylen;
	int		rc;

	if ((rc = mdb_dbi_open(txn, NULL, 0, &dbi)) != 0)
		return rc;
	ibuf_from(&buf, b->data, b->len);
	while (ibuf_left(&buf) > 0) {
		if (ibuf_get_n8(&buf, &keylen) == -1 ||
		    ibuf_get_n16(&buf, &len) == -1)
			return EINVAL;
		key.mv_size = keylen;
		key.mv_data = buf.data + buf.rpos;
		value.mv_size = len;
		value.mv_data = buf.data + buf.rpos + keylen;
		if (ibuf_skip(&buf, (size_t)keylen + len) == -1)
			return EINVAL;
		if (len > 0)
			rc = mdb_put(txn, dbi, &key, &value, 0);
		else if ((rc = mdb_del(txn, dbi, &key, NULL)) == MDB_NOTFOUND)
			rc = 0;
		if (rc != 0)
			return rc;
	}
	return put_head(txn, dbi, b->wall);
}

static int
put_head(MDB_txn *txn, MDB_dbi dbi, int64_t wall)
{
	struct ibuf	buf;
	MDB_val		key, value;
	uint8_t		room[32];

	ibuf_to(&buf, room, sizeof(room));
	if (store_head_add(&buf, wall) == -1)
		return EINVAL;
	key.mv_size = sizeof(store_head_key);
	key.mv_data = (void *)(uintptr_t)store_head_key;
	value.mv_size = ibuf_len(&buf);
	value.mv_data = room;
	return mdb_put(txn, dbi, &key, &value, 0);
}

const char *
store_file_error(int rc)
{
	return mdb_strerror(rc);
}

/* An error of the disk or for lack of room, not of the file's contents. */
bool
store_file_passing(int rc)
{
	return rc > 0 || rc == MDB_MAP_FULL;
}

int
store_batch_add(struct store_batch *b, const uint8_t *key, uint8_t keylen,
    const uint8_t *value, uint16_t len)
{
	size_t		 need = 3U + keylen + len, cap = b->cap;
	struct ibuf	 buf;
	uint8_t		*data;

	while (cap - b->len < need)
		cap = cap == 0 ? 4096 : cap * 2;
	if (cap != b->cap) {
		if ((data = realloc(b->data, cap)) == NULL)
			return -1;
		b->data = data;
		b->cap = cap;
	}
	ibuf_to(&buf, b->data + b->len, need);
	(void)ibuf_add_n8(&buf, keylen);
	(void)ibuf_add_n16(&buf, len);
	(void)ibuf_add(&buf, key, keylen);
	(void)ibuf_add(&buf, value, len);
	b->len += need;
	b->count++;
	return 0;
}

void
store_batch_clear(struct store_batch *b)
{
	b->len = 0;
	b->count = 0;
}
