/* SPDX-License-Identifier: ISC */
/*
 * Our own router datum: numbers that only rise, signed by the router's identity
 * elsewhere; and another router that has the same identity.
 */
#include <string.h>

#include "lease/door.h"
#include "lease/router.h"
#include "lease/router_datum.h"
#include "lease/router_info.h"
#include "lease/router_self.h"
#include "lease/state.h"
#include "table/datum.h"
#include "table/effect.h"
#include "table/key.h"
#include "table/order.h"
#include "table/state.h"
#include "table/table.h"

#define ANSWER_MS	1000	/* between our answers to data of our id */
#define FORMER_MS	5000	/* a claim this young is not of a former run */
#define CLONE_TIMES	2	/* it was heard: it is one */

static void	self_info(const struct core *, struct router_info *);
static void	ask(struct core *, monotime_t);
static void	put(struct core *, const struct router_signature *, monotime_t);
static void	wait(struct core *, monotime_t);
static void	clone_heard(struct core *, uint64_t run, monotime_t);

static void
self_info(const struct core *core, struct router_info *info)
{
	memset(info, 0, sizeof(*info));
	info->id = core->self;
	info->addr4 = core->conf.router_addr4;
	info->addr6 = core->conf.router_addr6;
	memcpy(info->name, core->conf.name, sizeof(info->name) - 1);
	strncpy(info->version, VERSION, sizeof(info->version) - 1);
	info->key = core->key;
	info->run = core->run;
	memcpy(info->config, core->lease->alike, sizeof(info->config));
	info->has_config = 1;
}

int
router_self_init(struct core *core, monotime_t now)
{
	struct router_self	*self = &core->lease->own;
	struct router_info	 info;
	struct router		*r;

	timer_init(&self->timer, TIMER_SELF);
	timer_init(&self->withdraw, TIMER_WITHDRAW);
	if (timerq_reserve(&core->timers, 2) == -1 ||
	    (r = router_get(core, &core->self)) == NULL)
		return -1;
	self_info(core, &info);
	router_informed(core, r, &info, now);
	(void)timer_set(&core->timers, &self->timer, now);
	return 0;
}

/* Have the next version signed. */
static void
ask(struct core *core, monotime_t now)
{
	struct router_self	*self = &core->lease->own;
	struct router_info	 info;

	if (self->lost)
		return;
	self_info(core, &info);
	memset(&self->asked, 0, sizeof(self->asked));
	self->asked.vallen = router_info_build(&info, self->asked.value);
	self->number = self->asked.seqno = seqno_after(self->number);
	self->is_asked = true;
	(void)timer_set(&core->timers, &self->timer,
	    monotime_add(now, SELF_SIGN_MS));
	core_effect(core, EFFECT_SIGN_ROUTER, &self->asked,
	    sizeof(self->asked));
}

void
router_announce(struct core *core, monotime_t now)
{
	struct router		*r = router_find(core, &core->self);
	struct router_info	 info;

	if (r == NULL)
		return;
	self_info(core, &info);
	router_informed(core, r, &info, now);
	ask(core, now);
}

void
router_self_timer(struct core *core, monotime_t now)
{
	ask(core, now);
}

void
core_router_signed(struct core *core, uint64_t seqno,
    const struct router_signature *signature, monotime_t now)
{
	struct router_self	*self = &core->lease->own;

	if (!self->is_asked || self->lost || seqno != self->asked.seqno)
		return;
	self->is_asked = false;
	put(core, signature, now);
	wait(core, now);
}

static void
put(struct core *core, const struct router_signature *signature,
    monotime_t now)
{
	struct router_self	*self = &core->lease->own;
	struct router		*r = router_find(core, &core->self);
	struct datum		*d;
	struct claim		 c;
	uint8_t			 key[ROUTER_KEY], value[DATUM_MAX];

	if (r == NULL)
		return;
	router_key(&core->self, key);
	memcpy(value, self->asked.value, self->asked.vallen);
	memset(&c, 0, sizeof(c));
	c.key = key;
	c.keylen = sizeof(key);
	c.value = value;
	c.vallen = router_info_sign(value, self->asked.vallen, signature);
	c.seqno = self->asked.seqno;
	c.claimed = now;
	c.expires = monotime_add(now, 1000LL *
	    (seqno_is_late(c.seqno) ? LATE_S : ROUTER_S));
	self->put = now;
	/* What was stored may move; without memory it stays. */
	if ((d = table_put(core, r->datum, &c, now)) == NULL)
		return;
	r->datum = d;
	datum_stored(core, d, now);
}

/* Until it is to be refreshed; or at once, if a greater number was heard. */
static void
wait(struct core *core, monotime_t now)
{
	struct router_self	*self = &core->lease->own;
	int64_t			 s = ROUTER_REFRESH_S;

	if (seqno_is_late(self->asked.seqno))
		s = LATE_S / 3;
	(void)timer_set(&core->timers, &self->timer, monotime_add(now,
	    self->number > self->asked.seqno ? ANSWER_MS : s * 1000));
}

/*
 * Our own datum comes from us alone.  One of a former run, or of a router that
 * has our identity, is answered by the next number, once a second at most.
 */
bool
router_self_heard(struct core *core, const struct router_info *info,
    const struct claim *c, monotime_t now)
{
	struct router_self	*self = &core->lease->own;

	if (c->seqno > self->number)
		self->number = c->seqno;
	if (!monotime_before(c->claimed, monotime_add(core->start, FORMER_MS)))
		clone_heard(core, info->run, now);
	if (self->lost)
		return true;
	if (self->is_asked)
		return false;		/* its answer is stored first */
	if (core->started && monotime_ms(self->put, now) < ANSWER_MS)
		(void)timer_set(&core->timers, &self->timer,
		    monotime_add(self->put, ANSWER_MS));
	else
		ask(core, now);
	return false;
}

/*
 * Another run of our identity is alive.  Heard once, it may be what we were
 * before a restart.  Of two the one with the greater number of its run goes on.
 */
static void
clone_heard(struct core *core, uint64_t run, monotime_t now)
{
	struct router_self	*self = &core->lease->own;

	if (run == 0 || run == core->run)
		return;
	if (run != self->other_run)
		self->heard = 0;
	self->other_run = run;
	self->when = now;
	if (self->heard < CLONE_TIMES)
		self->heard++;
	if (self->heard < CLONE_TIMES || self->lost)
		return;
	if (run > core->run) {
		self->lost = true;
		(void)timer_set(&core->timers, &self->withdraw, now);
	} else if (ratelimit_pass(&self->line, RATELIMIT_LOG, now))
		core_log(core, LEVEL_WARN, "router id %s: another router has "
		    "this identity, too; this one goes on",
		    router_id_text(&core->self));
}

void
core_clone(struct core *core, uint64_t run, monotime_t now)
{
	clone_heard(core, run, now);
}

void
router_self_withdrawn(struct core *core, monotime_t now)
{
	struct router	*r = router_find(core, &core->self);

	if (r != NULL && r->datum != NULL && r->datum->from == 0)
		router_end(core, r, now);
	core_log(core, LEVEL_WARN, "router id %s: another router has this "
	    "identity and goes on; this one serves no stations until it is "
	    "started with one of its own", router_id_text(&core->self));
	(void)timer_set(&core->timers, &core->lease->own.withdraw,
	    monotime_add(now, RATELIMIT_LOG));
}

const char *
router_self_warning(const struct core *core, monotime_t now)
{
	const struct router_self	*self = &core->lease->own;

	if (self->lost)
		return "another router has this identity and goes on: no "
		    "stations are served here";
	if (self->heard == CLONE_TIMES &&
	    monotime_ms(self->when, now) < SELF_CLONE_S * 1000LL)
		return "another router has this identity, too";
	return NULL;
}

bool
router_keep(const struct core *core, const struct datum *d)
{
	return d->from == 0 && memcmp(d->data + 1, core->self.octet, 8) == 0;
}

int
router_self_load(struct core *core, const struct stored *s)
{
	struct router_self	*self = &core->lease->own;

	if (memcmp(s->data + 1, core->self.octet, 8) != 0)
		return -1;
	if (s->seqno > self->number)
		self->number = s->seqno > UINT64_MAX - SELF_MARGIN ?
		    UINT64_MAX : s->seqno + SELF_MARGIN;
	return 0;
}
