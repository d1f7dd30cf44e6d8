/* SPDX-License-Identifier: ISC */
/*
 * A reader is a position in the order in which data changed, so that a slow
 * reader costs no memory and is only further behind.  Peers are readers, and so
 * is the store.
 *
 *	changes:   d4   d7   d1   d9   d2        oldest change first
 *	                     ^         ^
 *	                a slow peer    the store; NULL: has all
 *
 * A reader must be in the list while its positions are not NULL.
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
	/* There is something to read again. */
	void	(*wake)(struct core *, struct reader *);
	/* A datum is removed from the table; or NULL. */
	void	(*gone)(struct core *, struct reader *, const struct datum *);
	/* The digest tree had this depth and is one deeper; or NULL. */
	void	(*deepened)(struct core *, struct reader *, unsigned int depth);
};

struct reader {
	TAILQ_ENTRY(reader)	 entry;
	const struct reader_ops	*ops;
	struct datum		*next;	/* to read; NULL: all is read */
	struct datum		*leaf;	/* likewise, of a leaf of the digests */
};

TAILQ_HEAD(reader_list, reader);

/* Take the next datum that it wants; NULL: none for now. */
struct datum	*reader_take(struct core *, struct reader *);
/* The datum is about to leave its position. */
void		 readers_skip(struct core *, const struct datum *);
/* It changed: move it to the end of the order, and wake who wants it. */
void		 readers_flood(struct core *, struct datum *);
void		 readers_gone(struct core *, const struct datum *);
void		 readers_deepened(struct core *, unsigned int depth);
#endif
