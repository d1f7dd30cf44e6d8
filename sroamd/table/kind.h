/* SPDX-License-Identifier: ISC */
/*
 * Kinds of data, each a row: what the table does with a datum by the first
 * octet of its key.  The rooms above give the rows; a kind without one is
 * stored and relayed for those who know it.
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
 * Functions may be NULL: then there is nothing to do.  But for `stored` and
 * `timer` the table does what every datum needs: it counts in digests while it
 * lives, and goes when it has ended.  What is kept has a `life`, and what has a
 * `name` an `unname`.
 */
struct kind {
	bool		  version1;	/* peers of version 1 are sent it */
	bool		  outbid;	/* a conflict ends by the next seqno */
	bool		  kept;		/* on disk, */
	int64_t		  memory;	/* and ms past its end */
	uint8_t		  room;		/* octets that any value can take */

	/* Its shape, and whether it is in place: NULL, or what is wrong. */
	const char	*(*check)(const struct core *, const struct update *);
	/* The longest life of one that is found on disk, s. */
	uint32_t	(*life)(const struct core *, const struct stored *);
	/*
	 * The objects that a claim names are made before it stands, so that
	 * nothing that follows from it can fail for want of memory: a set of
	 * those that were made, or -1.  They are given back when it does not
	 * stand after all.
	 */
	int		(*name)(struct core *, const struct claim *);
	void		(*unname)(struct core *, const struct claim *,
			    int made);
	/*
	 * A peer's claim, compared with the datum that stands (NULL: none
	 * does): true if it was answered, and is not to stand.
	 */
	bool		(*claimed)(struct core *, struct datum *,
			    const struct claim *, enum table_result,
			    monotime_t now);
	/* Whether there is room for one more: NULL, or why not. */
	const char	*(*admit)(struct core *, monotime_t now);
	/* The claim was a peer's and stands: after `stored`. */
	void		(*accepted)(struct core *, struct datum *,
			    const struct claim *, enum table_result,
			    monotime_t now);
	/* It stands, wherever it came from: sets the timer. */
	void		(*stored)(struct core *, struct datum *,
			    monotime_t now);
	void		(*timer)(struct core *, struct datum *,
			    monotime_t now);
	/* Over how many sessions a peer will have it; 0: nobody counted. */
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
