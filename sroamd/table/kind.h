/* SPDX-License-Identifier: ISC */
/*
 * Kinds of data, a row each: what the table does with a datum, by the first
 * octet of its key.  The rooms above give the rows.  A datum of a kind without
 * a row is stored and relayed for others.
 */
#ifndef SROAMD_TABLE_KIND_H
#define SROAMD_TABLE_KIND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/monotime.h"
#include "msg.h"
#include "table/order.h"
#include "table/scope.h"

#define KINDS		256
#define RESERVED_FIRST	3	/* to the last: never sent to version 1 */
#define RESERVED_LAST	15
#define FOREIGN_SHARE	4	/* part of the table: one in so many */

#define FOREIGN_S	86400	/* they live so long, at most */

/* For all kinds but locations, which are made for roams. */
#define PACE		.burst = 4, .interval = 2000
#define LOCATION_PACE	.burst = 16, .interval = 500

struct core;
struct datum;

/*
 * A function that is NULL does nothing.  Without `stored` or `timer` the table
 * does what every datum needs: it counts in digests while it lives and is
 * removed when it ends.  A kind with a `name` has an `unname`.
 */
struct kind {
	bool		  version1;	/* peers of version 1 are sent it */
	bool		  scoped;	/* there are such in every network */
	bool		  outbid;	/* a conflict ends by the next seqno */
	bool		  foreign;	/* stored for others, within a share */
	bool		  kept;		/* on disk, */
	int64_t		  memory;	/* and ms past its end */
	uint8_t		  room;		/* octets that any value can take */
	/* Changes that are flooded at once, and ms for each one more. */
	uint8_t		  burst;
	uint16_t	  interval;

	/*
	 * Whether a key within a network that is configured here is of use
	 * there; else it has the same row as in a network that is not.
	 */
	bool		(*fits)(const struct core *, const struct inner *);
	/* Check its format and its place: NULL, or what is wrong. */
	const char	*(*check)(const struct core *, const struct update *);
	/*
	 * How long a datum may live, s: what any configuration gives it, as a
	 * number or as a function.
	 */
	uint32_t	  longest;
	uint32_t	(*life)(const struct core *, const uint8_t *data,
			    uint8_t keylen, uint8_t vallen);
	/* Whether this datum is kept, of a kind that is not. */
	bool		(*keep)(const struct core *, const struct datum *);
	/* What to do with one that is read from disk then: 0, or -1. */
	int		(*load)(struct core *, const struct stored *);
	/*
	 * Make the objects that a claim names, before it is stored, so that
	 * nothing later can fail without memory: which were made, or -1.
	 * `unname` takes them back if the claim is not stored.
	 */
	int		(*name)(struct core *, const struct claim *);
	void		(*unname)(struct core *, const struct claim *,
			    int made);
	/*
	 * A claim of a peer that would be stored: NULL, or why it is refused;
	 * later: it is kept, to be examined, and stored by the kind itself.
	 */
	const char	*(*weigh)(struct core *, const struct claim *,
			    bool *later, monotime_t now);
	/*
	 * A claim of a peer, compared with the datum that is stored (or NULL):
	 * true if it was answered and must not be stored.
	 */
	bool		(*claimed)(struct core *, struct datum *,
			    const struct claim *, enum table_result,
			    monotime_t now);
	/* Whether there is room for one more: NULL, or why not. */
	const char	*(*admit)(struct core *, monotime_t now);
	/* A claim of a peer was stored: after `stored`. */
	void		(*accepted)(struct core *, struct datum *,
			    const struct claim *, enum table_result,
			    monotime_t now);
	/* A version was stored, ours or of a peer: sets the timer. */
	void		(*stored)(struct core *, struct datum *,
			    monotime_t now);
	void		(*timer)(struct core *, struct datum *,
			    monotime_t now);
	/*
	 * Its network is not configured any more: remove it, with all that
	 * follows from it.
	 */
	void		(*forget)(struct core *, struct datum *,
			    monotime_t now);
	/* Sessions that a peer will have it over; 0: not counted. */
	uint8_t		(*hops)(struct core *, const struct datum *);
};

/* Of foreign ones: whether there is room for one more. */
const char		*foreign_admit(struct core *, monotime_t now);
/*
 * Once, before there is any datum; by number, NULL: unknown.  Those of
 * `elsewhere' are for networks that are not configured here.
 */
void			 kinds_init(struct core *,
			    const struct kind *const rows[],
			    const struct kind *const elsewhere[], size_t n);
/*
 * That of a key: what the network's own part says, if it is configured here
 * and has such a key.  Of a key that is malformed: unknown.
 */
const struct kind	*kind_of(const struct core *, const uint8_t *key,
			    uint8_t keylen);
/*
 * The longest life of a datum that a peer sends or the disk has, s, of this
 * kind.  What they say is cut to it: lifetimes play no part in the order.
 */
uint32_t		 kind_life(const struct core *, const struct kind *,
			    const uint8_t *data, uint8_t keylen,
			    uint8_t vallen, uint64_t seqno);
/* For how long it is remembered past its end, ms. */
int64_t			 kind_memory(const struct kind *, uint64_t seqno);
/* NULL, or what is wrong; if there is a key at all, its kind is given, too. */
const char		*update_check(const struct core *,
			    const struct update *, const struct kind **);
#endif
