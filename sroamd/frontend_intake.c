/* SPDX-License-Identifier: ISC */
#include <stdlib.h>

#include "clock.h"
#include "frontend_heard.h"
#include "frontend_intake.h"
#include "ipc.h"
#include "log.h"
#include "wire_frame.h"

#define COMPLAINT_EVERY	60000		/* ms */

struct intake {
	struct heard_cache	*heard;
	void			(*pass)(void *, uint32_t, const void *, size_t);
	void			*arg;
	monotime_t		 complain;	/* not before */
	monotime_t		 complain_ra;
};

/* A frame, where it came from, and who counts. */
struct arrival {
	struct intake		*intake;
	const struct link	*link;
	struct ctl_interface	*count;
	struct frame		 frame;
};

static void	take(struct arrival *);
static void	take_own(struct arrival *);
static void	take_advert(struct arrival *);
static void	take_dhcp(struct arrival *);
static void	take_dhcp6(struct arrival *);
static void	take_solicit(struct arrival *);
static void	pass_heard(struct arrival *, const struct heard *);
static void	pass_presence(struct arrival *);

struct intake *
intake_new(void (*pass)(void *, uint32_t, const void *, size_t), void *arg,
    uint32_t seed)
{
	struct intake *intake;

	if ((intake = calloc(1, sizeof(*intake))) == NULL)
		return NULL;
	if ((intake->heard = heard_cache_new(seed)) == NULL) {
		free(intake);
		return NULL;
	}
	intake->pass = pass;
	intake->arg = arg;
	intake->complain = intake->complain_ra = MONOTIME_ZERO;
	return intake;
}

void
intake_free(struct intake *intake)
{
	if (intake != NULL)
		heard_cache_free(intake->heard);
	free(intake);
}

void
intake_frame(struct intake *intake, const struct link *link,
    struct ctl_interface *count, const uint8_t *octets, size_t len)
{
	struct arrival a = { intake, link, count, { 0 } };

	wire_frame_parse(octets, len, link, &a.frame);
	if (a.frame.kind == FRAME_MALFORMED) {
		count->malformed++;
		log_debug("%s: frame from %s: %s", link->name,
		    mac_text(&a.frame.source), a.frame.why);
	} else if (mac_cmp(&a.frame.source, &link->lladdr) == 0)
		take_own(&a);
	else if (!mac_is_station(&a.frame.source))
		count->malformed++;
	else
		take(&a);
}

static void
take(struct arrival *a)
{
	switch (a->frame.kind) {
	case FRAME_DHCP:
		take_dhcp(a);
		break;
	case FRAME_DHCP6:
		take_dhcp6(a);
		break;
	case FRAME_RS:
		take_solicit(a);
		break;
	case FRAME_ARP:
		a->count->arps++;
		pass_heard(a, &a->frame.u.heard);
		break;
	case FRAME_NS:
	case FRAME_NA:
		a->count->neighbours++;
		pass_heard(a, &a->frame.u.heard);
		break;
	case FRAME_RA:
		take_advert(a);
		break;
	case FRAME_OTHER:
	case FRAME_MALFORMED:
		break;
	}
}

/* Routers that share a MAC address must never share a link. */
static void
take_own(struct arrival *a)
{
	monotime_t now = clock_monotime();

	a->count->foreign++;
	if (monotime_before(now, a->intake->complain))
		return;
	a->intake->complain = monotime_add(now, COMPLAINT_EVERY);
	log_warnx("%s: frame from our own MAC address %s: another router on "
	    "this link, or a loop", a->link->name,
	    mac_text(&a->frame.source));
}

/* Other stations may believe it, where they are not kept apart. */
static void
take_advert(struct arrival *a)
{
	monotime_t now = clock_monotime();

	a->count->adverts++;
	if (monotime_before(now, a->intake->complain_ra))
		return;
	a->intake->complain_ra = monotime_add(now, COMPLAINT_EVERY);
	log_warnx("%s: router advertisement from %s: a station plays router",
	    a->link->name, mac_text(&a->frame.source));
}

/*
 * chaddr must be the sender and no relay agent between, or any frame could
 * take anybody's lease.
 */
static void
take_dhcp(struct arrival *a)
{
	const struct dhcp_request *dhcp = &a->frame.u.dhcp;

	if (!addr_is_none(&dhcp->giaddr) ||
	    mac_cmp(&dhcp->chaddr, &a->frame.source) != 0) {
		a->count->foreign++;
		log_debug("%s: DHCP from %s for %s: not its own",
		    a->link->name, mac_text(&a->frame.source),
		    mac_text(&dhcp->chaddr));
		return;
	}
	a->count->dhcp++;
	pass_presence(a);
	a->intake->pass(a->intake->arg, IPC_DHCP, dhcp, sizeof(*dhcp));
}

/* Who asks is told by the frame; what it calls itself is only echoed. */
static void
take_dhcp6(struct arrival *a)
{
	const struct dhcp6_request *dhcp6 = &a->frame.u.dhcp6;
	struct heard heard = { .kind = HEARD_OTHER };

	a->count->dhcp6++;
	heard.ifindex = a->link->ifindex;
	heard.mac = a->frame.source;
	heard.addr = dhcp6->source;
	pass_heard(a, &heard);
	if (!heard_cache_allows(a->intake->heard, &a->frame.source,
	    clock_monotime()))
		a->count->limited++;
	else
		a->intake->pass(a->intake->arg, IPC_DHCP6, dhcp6,
		    sizeof(*dhcp6));
}

/* The option may be absent, even with a source address (RFC 4861 4.1). */
static void
take_solicit(struct arrival *a)
{
	static const struct mac none;
	const struct solicit *solicit = &a->frame.u.solicit;

	if (mac_cmp(&solicit->lladdr, &none) != 0 &&
	    mac_cmp(&solicit->lladdr, &a->frame.source) != 0) {
		a->count->foreign++;
		log_debug("%s: router solicitation from %s for %s: not its own",
		    a->link->name, mac_text(&a->frame.source),
		    mac_text(&solicit->lladdr));
		return;
	}
	a->count->solicits++;
	pass_presence(a);
	if (!heard_cache_allows(a->intake->heard, &a->frame.source,
	    clock_monotime())) {
		a->count->limited++;
		return;
	}
	a->intake->pass(a->intake->arg, IPC_SOLICIT, solicit,
	    sizeof(*solicit));
}

/* Before the request itself: first the station is here, then it asks. */
static void
pass_presence(struct arrival *a)
{
	struct heard heard = { .kind = HEARD_OTHER };

	heard.ifindex = a->link->ifindex;
	heard.mac = a->frame.source;
	pass_heard(a, &heard);
}

/* However fast it talks, the engine hears so much of one station. */
static void
pass_heard(struct arrival *a, const struct heard *heard)
{
	struct intake *intake = a->intake;
	monotime_t now = clock_monotime();

	if (!heard_cache_news(intake->heard, heard, now))
		return;
	if (!heard_cache_allows(intake->heard, &heard->mac, now))
		a->count->limited++;
	else
		intake->pass(intake->arg, IPC_HEARD, heard, sizeof(*heard));
}
