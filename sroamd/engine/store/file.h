/* SPDX-License-Identifier: ISC */
/*
 * The store's file, an LMDB environment of one process: opened and checked
 * once, read once, then written in batches by one thread.
 */
#ifndef SROAMD_STORE_FILE_H
#define SROAMD_STORE_FILE_H

#include <stddef.h>

#include "engine/store/record.h"

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
 * The store in a folder; log lines show it as `shown`.  A damaged file is
 * reported in one line and renamed.  NULL: there is no store, and the reason
 * was logged.  Forks.
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

/* A record to write, or (value of length 0) a key to delete; 0 or -1. */
int	store_batch_add(struct store_batch *, const uint8_t *key,
	    uint8_t keylen, const uint8_t *value, uint16_t len);
void	store_batch_clear(struct store_batch *);
#endif
