/* SPDX-License-Identifier: ISC */
/*
 * The store's file, an LMDB environment of one process: examined once, by a
 * process of its own, opened and read once, then written in batches by one
 * thread.
 */
#ifndef SROAMD_STORE_FILE_H
#define SROAMD_STORE_FILE_H

#include <stddef.h>

#include "engine/store/record.h"

#define STORE_FILE	"table"
#define STORE_FLAGS	(MDB_NOSUBDIR | MDB_NOLOCK | MDB_NORDAHEAD)
#define STORE_PATH	512		/* octets, of its path */

struct store_file;

/* Changes to write, as octets; grows as needed. */
struct store_batch {
	uint8_t		*data;
	size_t		 len, cap;
	uint32_t	 count;
	int64_t		 wall;		/* when it was made */
	uint64_t	 max_data;	/* limits the file's size */
};

/*
 * The file in a folder is read completely, and written again; it may end this
 * process in any way, which then is to be taken for STORE_DAMAGED.
 */
enum store_verdict	 store_examine(const char *dir);
/*
 * The store in a folder, whose file was examined; log lines show it as
 * `shown`.  NULL: there is no store, and the reason was logged.
 */
struct store_file	*store_file_open(const char *dir, const char *shown);
void			 store_file_close(struct store_file *);
bool			 store_file_writable(const struct store_file *);
/* The descriptors by which it is written; how many. */
size_t			 store_file_fds(const struct store_file *, int *,
			    size_t max);
const char		*store_file_name(const struct store_file *);
/* Reads all records, with their times as of now.  0, or -1. */
int			 store_file_load(struct store_file *,
			    struct store_clock *now, void (*)(void *,
			    const struct stored *), void *);
/* 0 when the batch is on disk, else an error for store_file_error. */
int			 store_file_write(struct store_file *,
			    const struct store_batch *);
const char		*store_file_error(int);
/* a temporary error */
bool			 store_file_passing(int);

/*
 * The engine of a killed run may still write: wait for its end.  The folder, as
 * a descriptor that holds the lock; or -1, EWOULDBLOCK: it does not end.
 */
int	store_lock(const char *dir);

/* A record to write, or (value of length 0) a key to delete; 0 or -1. */
int	store_batch_add(struct store_batch *, const uint8_t *key,
	    uint8_t keylen, const uint8_t *value, uint16_t len);
void	store_batch_clear(struct store_batch *);
#endif
