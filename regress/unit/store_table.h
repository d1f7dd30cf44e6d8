/* SPDX-License-Identifier: ISC */
/* A table on disk for tests, in a folder that they name. */
#ifndef STORE_TABLE_H
#define STORE_TABLE_H

#include <sys/types.h>

#include "engine/store/file.h"

extern const struct store_clock	store_now;

/* The n-th record. */
void		store_make(struct stored *, uint32_t n);
/* Records from n on, to write or to delete: store_file_write's answer. */
int		store_change(struct store_file *, uint32_t n, uint32_t count,
		    bool keep);
/* The number of its records; the last one is in store_last. */
uint32_t	store_count(struct store_file *);
extern struct stored	store_last;
/* A new file with the first records. */
void	store_fill(const char *dir, uint32_t count);
/* Octets somewhere in a file; one record of LMDB in a file. */
void	store_octets(const char *path, const void *, size_t len, off_t at);
void	store_lmdb(const char *path, const void *key, size_t keylen,
	    const void *value, size_t len);
/* Lines in the log of stub_log.h. */
int	store_lines(void);
#endif
