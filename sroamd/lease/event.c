/* SPDX-License-Identifier: ISC */
/* What happens, as events for listeners. */
#include <string.h>

#include "lease/assoc.h"
#include "lease/event.h"
#include "lease/iface.h"
#include "lease/lease.h"
#include "lease/network.h"
#include "lease/router.h"
#include "lease/station.h"
#include "table/datum.h"
#include "table/effect.h"
#include "table/state.h"

static void	tell(struct core *, enum ctl_event_type, struct ctl_event *,
		    const char *);
static void	of_station(struct core *, const struct station *,
		    struct ctl_event *, monotime_t);
static void	of_lease(struct core *, const struct datum *,
		    struct ctl_event *);
static void	set_router(const struct router *, struct router_id *, char *,
		    size_t);

static void
tell(struct core *core, enum ctl_event_type type, struct ctl_event *e,
    const char *text)
{
	e->type = (uint8_t)type;
	if (text != NULL)
		strlcpy(e->text, text, sizeof(e->text));
	core_effect(core, EFFECT_EVENT, e, sizeof(*e));
}

static void
set_router(const struct router *r, struct router_id *id, char *name,
    size_t size)
{
	if (r == NULL)
		return;
	*id = r->info.id;
	strlcpy(name, core_router_name(r), size);
}

static void
of_station(struct core *core, const struct station *s,
    struct ctl_event *e, monotime_t now)
{
	const struct assoc	*a = assoc_here(s);
	const struct datum	*d;

	e->about = CTL_ABOUT_STATION;
	network_scope(core, s->network, &e->scope);
	e->mac = s->mac;
	LIST_FOREACH(d, &s->leases, lease)
		if (datum_live(d, now) && e->nprefixes < CTL_EVENT_PREFIXES &&
		    lease_prefix(d, &e->prefixes[e->nprefixes]))
			e->nprefixes++;
	set_router(s->router, &e->router, e->router_name,
	    sizeof(e->router_name));
	if (a == NULL)
		return;
	strlcpy(e->interface, a->iface->link.name, sizeof(e->interface));
	strlcpy(e->port, a->port_name, sizeof(e->port));
}

static void
of_lease(struct core *core, const struct datum *d, struct ctl_event *e)
{
	e->about = CTL_ABOUT_LEASE;
	network_scope(core, network_of_key(core, d->data, d->keylen),
	    &e->scope);
	e->mac = *lease_mac(d);
	e->nprefixes = lease_prefix(d, &e->prefixes[0]);
	if (d->station != NULL)
		set_router(d->station->router, &e->router, e->router_name,
		    sizeof(e->router_name));
}

void
event_station(struct core *core, enum ctl_event_type type,
    const struct station *s, const struct router *from, const char *text,
    monotime_t now)
{
	struct ctl_event	e;

	if (!core->listened)
		return;
	memset(&e, 0, sizeof(e));
	of_station(core, s, &e, now);
	set_router(from, &e.from, e.from_name, sizeof(e.from_name));
	tell(core, type, &e, text);
}

void
event_lease(struct core *core, enum ctl_event_type type,
    const struct datum *d, const char *text)
{
	struct ctl_event	e;

	if (!core->listened)
		return;
	memset(&e, 0, sizeof(e));
	of_lease(core, d, &e);
	tell(core, type, &e, text);
}

void
event_stored(struct core *core, const struct datum *d, bool was_live,
    const struct station *was, monotime_t now)
{
	bool	live = datum_live(d, now);

	if (live && d->station == NULL)
		event_lease(core, CTL_EVENT_DECLINE, d, NULL);
	else if (live)
		event_lease(core, was_live && d->station == was ?
		    CTL_EVENT_RENEW : CTL_EVENT_LEASE, d, NULL);
	else if (was_live)
		event_lease(core, CTL_EVENT_RELEASE, d, NULL);
}

void
event_router(struct core *core, enum ctl_event_type type,
    const struct router *r)
{
	struct ctl_event	e;

	if (!core->listened)
		return;
	memset(&e, 0, sizeof(e));
	e.about = CTL_ABOUT_ROUTER;
	set_router(r, &e.router, e.router_name, sizeof(e.router_name));
	tell(core, type, &e, NULL);
}
