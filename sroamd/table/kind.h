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

#define KINDS	256

struct core;
struct datum;

/*
 * A function that is NULL does nothing.  Without `stored` or `timer` the table
 * does what every datum needs: it counts in digests while it lives and is
 * removed when it ends.  A kind that is kept has a `life`, and one with a
 * `name` has an `unname`.
 */
struct kind {
	bool		  version1;	/* peers of version 1 are sent it */
	bool		  outbid;	/* a conflict ends by the next seqno */
	bool		  kept;		/* on disk, */
	int64_t		  memory;	/* and ms past its end */
	uint8_t		  room;		/* octets that any value can take */

	/* Check its format and its place: NULL, or what is wrong. */
	const char	*(*check)(const struct core *, const struct update *);
	/* The longest life of a datum that is read from disk, s. */
	uint32_t	(*life)(const struct core *, const struct stored *);
	/*
	 * Make the objects that a claim names, before it is stored, so that
	 * nothing later can fail without memory: which were made, or -1.
	 * `unname` takes them back if the claim is not stored.
	 */
	int		(*name)(struct core *, const struct claim *);
	void		(*unname)(struct core *, const struct claim *,
			    int made);
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
	/* Sessions that a peer will have it over; 0: not counted. */
	uint8_t		(*hops)(struct core *, const struct datum *);
};

/* Once, before there is any datum; by number, NULL: unknown. */
void			 kinds_init(struct core *,
			    const struct kind *const rows[], size_t n);
const struct kind	*kind_of(const struct core *, uint8_t type);
/* NULL, or what is wrong. */
const char		*update_check(const struct core *,
			    const struct update *);
#endif
