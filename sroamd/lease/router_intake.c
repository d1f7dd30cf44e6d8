/* SPDX-License-Identifier: ISC */
/*
 * Router data of peers.  To verify a signature takes a hundred times as long as
 * all else, or a thousand times, and a member can send any number of them: the
 * time for it is limited, and goes round among the peers.  The order of checks
 * is that of what they cost; of many copies that of the first peer is verified.
 *
 * The lifetime is not signed.  Who is the first to pass on a new version could
 * end it with a short one, and no copy extends it: so one that its router would
 * have refreshed long ago, were it there, is not taken.  What is left lives
 * until the next version.
 */
#include <sha2.h>
#include <string.h>

#include "lease/admit.h"
#include "lease/door.h"
#include "lease/past.h"
#include "lease/router.h"
#include "lease/router_datum.h"
#include "lease/router_info.h"
#include "lease/router_intake.h"
#include "lease/router_self.h"
#include "lease/state.h"
#include "table/datum.h"
#include "table/effect.h"
#include "table/flood.h"
#include "table/order.h"
#include "table/peer.h"
#include "table/pending.h"
#include "table/room.h"
#include "table/state.h"
#include "table/table.h"

#define SAVED_US	100000LL	/* of the time for it */
#define SAVED_MIN	4		/* signatures, where each takes long */
#define TURN_MS		10		/* between turns, at least */

static const char	*weigh(struct core *, const struct router_info *,
			    const struct claim *, monotime_t);
static bool		 fits(struct core *, const struct router_info *);
static int64_t		 price(const struct core *);
static bool		 may_verify(struct core *, monotime_t);
static bool		 is_signed(struct core *, const struct router_info *,
			    const struct claim *, bool *spent);
static bool		 examine(struct core *, struct claim *, monotime_t);
static void		 prove(struct core *, const struct router_info *,
			    struct claim *, monotime_t);
static void		 refused(struct core *, const struct claim *,
			    const char *);
static void		 drain(struct core *, monotime_t);

int
router_intake_init(struct core *core)
{
	timer_init(&core->lease->intake.timer, TIMER_VERIFY);
	return timerq_reserve(&core->timers, 1);
}

const char *
router_check(const struct core *core, const struct update *u)
{
	struct router_info	info;

	(void)core;
	return router_info_parse(u->data, u->keylen, u->data + u->keylen,
	    u->vallen, &info) == 0 ? NULL : "malformed";
}

/* The id follows from the key. */
static bool
fits(struct core *core, const struct router_info *info)
{
	uint8_t	hash[32];

	core->ops.fingerprint(core->ops.arg, &info->key, hash);
	return memcmp(hash, info->id.octet, sizeof(info->id.octet)) == 0;
}

/* All that is cheap to see: NULL, or what is wrong. */
static const char *
weigh(struct core *core, const struct router_info *info,
    const struct claim *c, monotime_t now)
{
	struct past		*past;
	const struct router	*r = router_find(core, &info->id);
	const char		*why;
	struct router_key	 key;
	bool			 self = r != NULL && router_is_self(core, r);
	bool			 known;

	if ((why = router_refused(core, &info->id)) != NULL)
		return why;
	known = core_router_key(core, &info->id, &key, now);
	if (known && router_key_cmp(&key, &info->key) != 0)
		return "a second public key for a router";
	past = past_find(core, &info->id, now);
	if (past != NULL && c->seqno < past->seqno)
		past_answer(core, past, c->from, now);
	if (past != NULL && (c->seqno < past->seqno ||
	    (c->seqno == past->seqno && !monotime_before(now, past->expires))))
		return "a router datum from before its end";
	if (!known && !fits(core, info))
		return "a router id that is not that of its key";
	if (!self && (r == NULL || r->datum == NULL) &&
	    core->lease->nrouter_data >= core->conf.max_routers &&
	    TAILQ_EMPTY(&core->orphans))
		return "too many routers";
	return NULL;
}

const char *
router_weigh(struct core *core, const struct claim *c, bool *later,
    monotime_t now)
{
	struct peer		*p = peer_find(core, c->from);
	struct router_info	 info;
	struct claim		 copy = *c;
	const char		*why;

	if (p != NULL && !p->extended)
		return "a router datum from version 1";
	if (router_info_parse(c->key, c->keylen, c->value, c->vallen, &info) ==
	    -1)
		return "malformed";
	if (c->lifetime < ROUTER_SILENT_S &&
	    router_id_cmp(&info.id, &core->self) != 0)
		return "a router datum that is near its end";
	if ((why = weigh(core, &info, c, now)) != NULL)
		return why;
	*later = true;
	if (p == NULL) {
		if (may_verify(core, now) && !examine(core, &copy, now))
			core->lease->intake.budget.us += price(core);
		return NULL;
	}
	if (!pending_add(core, p, c, core->conf.max_routers))
		core->counters.routers_missed++;
	drain(core, now);
	return NULL;
}

/* us, of the time for it. */
static int64_t
price(const struct core *core)
{
	return core->ops.verifications == 0 ? 0 :
	    1000000 / (int64_t)core->ops.verifications;
}

static bool
may_verify(struct core *core, monotime_t now)
{
	int64_t	us = price(core);

	return bucket_take(&core->lease->intake.budget, us,
	    us * SAVED_MIN > SAVED_US ? us * SAVED_MIN : SAVED_US, now);
}

/*
 * Verified once: the same octets again are known to be forged, and cost
 * nothing (false in *spent).
 */
static bool
is_signed(struct core *core, const struct router_info *info,
    const struct claim *c, bool *spent)
{
	uint8_t		 text[ROUTER_TEXT_MAX];
	uint8_t		 hash[SHA256_DIGEST_LENGTH];
	uint8_t		*slot;
	size_t		 len;
	SHA2_CTX	 sha;

	len = router_text(&info->id, c->seqno, c->value, info->signed_len,
	    text);
	SHA256Init(&sha);
	SHA256Update(&sha, text, len);
	SHA256Update(&sha, info->signature.octet, sizeof(info->signature));
	SHA256Final(hash, &sha);
	slot = core->lease->intake.forged[hash[0]];
	*spent = memcmp(slot, hash, sizeof(core->lease->intake.forged[0])) !=
	    0;
	if (!*spent)
		return false;
	if (core->ops.verify(core->ops.arg, &info->key, text, len,
	    &info->signature))
		return true;
	memcpy(slot, hash, sizeof(core->lease->intake.forged[0]));
	return false;
}

static void
refused(struct core *core, const struct claim *c, const char *why)
{
	struct effect_refused	r = { c->from, why };

	update_refused(core, c->from);
	core_effect(core, EFFECT_REFUSED, &r, sizeof(r));
}

/* Whether it was verified; what is known meanwhile counts. */
static bool
examine(struct core *core, struct claim *c, monotime_t now)
{
	struct datum		*d = table_find(core, c->key, c->keylen);
	struct router_info	 info;
	enum table_result	 result = table_compare(d, c);
	const char		*why;
	bool			 spent;

	if (result != TABLE_REPLACED && result != TABLE_LOST) {
		router_copy(core, c);
		return false;
	}
	if (router_info_parse(c->key, c->keylen, c->value, c->vallen, &info) ==
	    -1)
		return false;
	if ((why = weigh(core, &info, c, now)) != NULL) {
		refused(core, c, why);
		return false;
	}
	if (is_signed(core, &info, c, &spent))
		prove(core, &info, c, now);
	else {
		core->counters.routers_forged++;
		refused(core, c, "a router datum with a wrong signature");
	}
	return spent;
}

/* It is what its router said. */
static void
prove(struct core *core, const struct router_info *info, struct claim *c,
    monotime_t now)
{
	const struct past	*past;
	const char		*why;

	if (router_id_cmp(&info->id, &core->self) == 0 &&
	    !router_self_heard(core, info, c, now))
		return;
	/* It made room for others, and lives no longer than it did. */
	past = past_find(core, &info->id, now);
	if (past != NULL && past->seqno == c->seqno)
		c->expires = monotime_min(c->expires, past->expires);
	if ((why = router_accept(core, c, info, now)) != NULL)
		refused(core, c, why);
}

static void
drain(struct core *core, monotime_t now)
{
	struct router_intake	*in = &core->lease->intake;
	struct pending		*w;
	struct claim		 c;
	int64_t			 wait;

	while (pending_any(core)) {
		if (!may_verify(core, now)) {
			wait = (price(core) - in->budget.us + 999) / 1000;
			(void)timer_set(&core->timers, &in->timer,
			    monotime_add(now, wait > TURN_MS ? wait :
			    TURN_MS));
			return;
		}
		w = pending_take(core);
		pending_claim(w, &c);
		if (!examine(core, &c, now))
			in->budget.us += price(core);
		room_free(core, w, sizeof(*w));
	}
	timer_clear(&core->timers, &in->timer);
}

void
router_intake_timer(struct core *core, monotime_t now)
{
	drain(core, now);
}
