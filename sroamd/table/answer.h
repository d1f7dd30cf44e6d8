/* SPDX-License-Identifier: ISC */
/*
 * Answers: a peer that sends an old version gets ours, so that tables which
 * differ become equal at the next word about the key.
 */
#ifndef SROAMD_TABLE_ANSWER_H
#define SROAMD_TABLE_ANSWER_H

#include <stdbool.h>
#include <stdint.h>

#include "common/monotime.h"
#include "msg.h"

struct core;
struct datum;
struct peer;

/* Send it to this peer, at most once a second for a datum. */
void		 answer_queue(struct core *, uint32_t peer, struct datum *,
		    monotime_t now);
/* Send it this, which is in no table any more: at the same rate. */
void		 answer_say(struct core *, uint32_t peer, const struct update *,
		    monotime_t now);
bool		 answer_said(struct core *, struct peer *,
		    struct update *);		/* the next */
struct datum	*answer_take(struct core *, struct peer *);	/* or NULL */
void		 answers_free(struct core *, struct peer *);
#endif
