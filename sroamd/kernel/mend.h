/* SPDX-License-Identifier: ISC */
/*
 * Repairs of what another program has removed or changed: when the next may be
 * made, and a line about them.  Two programs that want different things must
 * fill neither the processor nor the log.
 */
#ifndef SROAMD_KERNEL_MEND_H
#define SROAMD_KERNEL_MEND_H

#include <stdint.h>

#include "common/monotime.h"
#include "common/ratelimit.h"

#define MEND_DELAY	20	/* ms: changes come in groups */
#define MEND_FEW	5	/* rounds of a minute without a pause, and */
#define MEND_PAUSE	800	/* ms between those that follow */

struct kernel;

enum mend_kind {
	MEND_ADDR,
	MEND_LLADDR,
	MEND_RULE4,
	MEND_RULE6,
	MEND_APART,		/* what keeps networks apart: not paced */
	MEND_MAIN,		/* routes of the main table, */
	MEND_ROUTE,		/* of our own */
	MEND_STRAY,		/* of others in the place of ours */
	MEND_NEXTHOP,
	MEND_NEIGH,
	MEND_KINDS
};

/* A round repairs all that was lost since the last one. */
struct kmend {
	struct {
		char			text[200];	/* of the first */
		unsigned int		n;		/* in this round */
		unsigned int		held_back;	/* not said yet */
		unsigned int		rounds;		/* in this minute */
		struct ratelimit	log;
	} kinds[MEND_KINDS];
	unsigned int	rounds;		/* in this minute */
	monotime_t	minute;		/* its end */
	monotime_t	next;		/* round, not before */
};

/* Have doubt.h look at what is in doubt, soon. */
void	mend_soon(struct kernel *);
/* So many ms, or more: when the next repair may be made. */
int64_t	mend_wait(struct kernel *, int64_t ms);
/* Count a repair; the text is a whole line, of which one is logged. */
void	mend_note(struct kernel *, enum mend_kind, const char *, ...)
	    __attribute__((format(printf, 3, 4)));
/* The round is over: log it. */
void	mend_say(struct kernel *);
#endif
