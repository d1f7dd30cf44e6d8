/* SPDX-License-Identifier: ISC */
/*
 * Who follows the table: a place in the order in which data changed, so that
 * a slow reader costs no memory and is only further behind.  Peers are
 * readers, and so is the store.
 *
 *	changes:   d4   d7   d1   d9   d2        oldest change first
 *	                     ^         ^
 *	                a slow peer    the store; NULL: has all
 *
 * A reader must be in the list while its places are not NULL.
 */
#ifndef SROAMD_TABLE_READER_H
#define SROAMD_TABLE_READER_H

#include <sys/queue.h>

#include <stdbool.h>

struct core;
struct datum;
struct reader;

struct reader_ops {
	bool	(*wants)(const struct core *, struct reader *,
		    const struct datum *);
	/* There is something again. */
	void	(*wake)(struct core *, struct reader *);
	/* A datum is taken from the table for good; or NULL. */
	void	(*gone)(struct core *, struct reader *, const struct datum *);
	/* The digests' tree was of this depth, and is one deeper; or NULL. */
	void	(*deepened)(struct core *, struct reader *, unsigned int depth);
};

struct reader {
	TAILQ_ENTRY(reader)	 entry;
	const struct reader_ops	*ops;
	struct datum		*next;	/* to read; NULL: all is read */
	struct datum		*leaf;	/* likewise, of a leaf of the digests */
};

TAILQ_HEAD(reader_list, reader);

/* The next that it wants, which is read by this; NULL: none for now. */
struct datum	*reader_take(struct core *, struct reader *);
/* The datum is about to leave its place in the order. */
void		 readers_skip(struct core *, const struct datum *);
/* The datum is the last in the order now. */
void		 readers_wake(struct core *, struct datum *);
void		 readers_gone(struct core *, const struct datum *);
void		 readers_deepened(struct core *, unsigned int depth);
#endif
