/* SPDX-License-Identifier: ISC */
/* Repairs of what another program has removed or changed: mend.h. */
#include <event2/event.h>
#include <stdarg.h>
#include <stdio.h>

#include "common/clock.h"
#include "common/log.h"
#include "kernel/event.h"
#include "kernel/mend.h"
#include "kernel/state.h"

#define MINUTE	60000		/* ms */

static void	say(struct kernel *, enum mend_kind, monotime_t);

static const char *const names[MEND_KINDS] = {
	[MEND_ADDR] = "addresses",
	[MEND_LLADDR] = "MAC addresses",
	[MEND_RULE4] = "IPv4 rules",
	[MEND_RULE6] = "IPv6 rules",
	[MEND_APART] = "rules and routes that keep networks apart",
	[MEND_MAIN] = "routes in table main",
	[MEND_ROUTE] = "routes",
	[MEND_STRAY] = "routes of others",
	[MEND_NEXTHOP] = "nexthops",
	[MEND_NEIGH] = "neighbours"
};

void
mend_soon(struct kernel *k)
{
	if (k->configured && !k->closing)
		kernel_later(k->mend_due, mend_wait(k, MEND_DELAY));
}

int64_t
mend_wait(struct kernel *k, int64_t ms)
{
	monotime_t now = clock_monotime();
	int64_t pause;

	if (!monotime_before(now, k->mend.next))
		return ms;
	pause = monotime_ms(now, k->mend.next);
	return pause > ms ? pause : ms;
}

void
mend_note(struct kernel *k, enum mend_kind kind, const char *fmt, ...)
{
	va_list ap;

	k->stats.repaired++;
	if (k->mend.kinds[kind].n++ > 0)
		return;
	va_start(ap, fmt);
	vsnprintf(k->mend.kinds[kind].text, sizeof(k->mend.kinds[kind].text),
	    fmt, ap);
	va_end(ap);
}

void
mend_say(struct kernel *k)
{
	struct kmend *m = &k->mend;
	monotime_t now = clock_monotime();
	bool any = false;
	int kind;

	if (!monotime_before(now, m->minute)) {
		m->minute = monotime_add(now, MINUTE);
		m->rounds = 0;
		for (kind = 0; kind < MEND_KINDS; kind++)
			m->kinds[kind].rounds = 0;
	}
	for (kind = 0; kind < MEND_KINDS; kind++)
		if (m->kinds[kind].n > 0) {
			any |= kind != MEND_APART;
			say(k, (enum mend_kind)kind, now);
		}
	if (any && ++m->rounds >= MEND_FEW)
		m->next = monotime_add(now, MEND_PAUSE);
}

/* One line a minute, and one more when it happens again and again. */
static void
say(struct kernel *k, enum mend_kind kind, monotime_t now)
{
	unsigned int n = k->mend.kinds[kind].n;
	unsigned int *held_back = &k->mend.kinds[kind].held_back;

	k->mend.kinds[kind].n = 0;
	if (++k->mend.kinds[kind].rounds == MEND_FEW)
		log_warnx("%s: %u repairs within a minute: another program "
		    "undoes them again and again%s", names[kind], MEND_FEW,
		    kind == MEND_APART ? "" : "; repairs are paced now");
	if (!ratelimit_pass(&k->mend.kinds[kind].log, RATELIMIT_LOG, now)) {
		*held_back += n;
		return;
	}
	n += *held_back;
	*held_back = 0;
	if (n > 1)
		log_warnx("%s (and %u like it)", k->mend.kinds[kind].text,
		    n - 1);
	else
		log_warnx("%s", k->mend.kinds[kind].text);
}
