/* SPDX-License-Identifier: ISC */
/* Which frames of a station become messages to the engine, and the limits. */
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/log.h"
#include "common/ratelimit.h"
#include "frontend/bucket.h"
#include "frontend/heard.h"
#include "frontend/intake.h"
#include "frontend/known.h"
#include "frontend/named.h"
#include "ipc/ipc.h"
#include "wire/arp.h"
#include "wire/frame.h"
#include "wire/nd.h"

#define DEFEND_EVERY	10000		/* ms, RFC 5227 2.4 */

/* Limits of one station, a second and at once: above any real station's. */
#define DHCP_RATE	5
#define DHCP_BURST	20
#define ARP_RATE	50
#define ARP_BURST	100
#define STRANGER_FRAMES	50		/* for each lease that may be new */

struct intake {
	struct heard_cache	 *heard;
	struct buckets		 *dhcp, *arp;
	struct known		 *known;
	struct named		 *named;
	void			(*pass)(void *, uint32_t, const void *, size_t);
	void			 *arg;
	struct ratelimit	  own;		/* our MAC address, logged */
	struct ratelimit	  defended[2];
};

/* A frame, its link, and the counters. */
struct arrival {
	struct intake			*intake;
	const struct link		*link;
	const struct conf_network	*network;
	struct ctl_interface		*count;
	const uint8_t			*octets;
	size_t				 len;
	int				 proxy;		/* INTAKE_* */
	bool				 repeaters;
	int				 defend;	/* INTAKE_DEFEND* */
	struct frame			 frame;
};

static void	take(struct arrival *);
static bool	may_name(struct arrival *, enum deed);
static bool	is_gateway(const struct arrival *, const struct addr *);
static void	take_own(struct arrival *);
static void	defend(struct arrival *, int);
static void	take_probe(struct arrival *, const struct addr *);
static void	take_claim(struct arrival *, const struct addr *);
static void	take_arp(struct arrival *);
static void	take_neighbour(struct arrival *);
static void	take_server(struct arrival *, enum deed, const char *);
static bool	is_relay(const struct conf_network *, const struct addr *);
static void	take_advert(struct arrival *);
static bool	take_repeater(struct arrival *, struct dhcp_request *);
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
	intake->heard = heard_cache_new(seed);
	intake->dhcp = buckets_new(DHCP_RATE, DHCP_BURST, seed);
	intake->arp = buckets_new(ARP_RATE, ARP_BURST, seed);
	intake->known = known_new(seed);
	intake->named = named_new(seed);
	if (intake->heard == NULL || intake->dhcp == NULL ||
	    intake->arp == NULL || intake->known == NULL ||
	    intake->named == NULL) {
		intake_free(intake);
		return NULL;
	}
	intake->pass = pass;
	intake->arg = arg;
	return intake;
}

void
intake_conf(struct intake *intake, const struct conf *conf)
{
	uint32_t rate = 0;
	size_t i;

	for (i = 0; i < conf->nnetworks; i++)
		if (conf->networks[i].max_leases > rate)
			rate = conf->networks[i].max_leases;
	known_rate(intake->known, rate * STRANGER_FRAMES);
}

void
intake_free(struct intake *intake)
{
	if (intake == NULL)
		return;
	heard_cache_free(intake->heard);
	buckets_free(intake->dhcp);
	buckets_free(intake->arp);
	known_free(intake->known);
	named_free(intake->named);
	free(intake);
}

void
intake_answered(struct intake *intake, const struct mac *mac)
{
	known_add(intake->known, mac);
}

int
intake_frame(struct intake *intake, const struct intake_link *on,
    const uint8_t *octets, size_t len)
{
	struct arrival a = { .intake = intake, .link = on->link,
	    .network = on->network, .count = on->count, .octets = octets,
	    .len = len, .proxy = on->proxy, .repeaters = on->repeaters };

	wire_frame_parse(octets, len, on->link, &a.frame);
	if (a.frame.kind == FRAME_MALFORMED) {
		on->count->malformed++;
		log_debug("%s: frame from %s: %s", on->link->name,
		    mac_text(&a.frame.source), a.frame.why);
	} else if (mac_cmp(&a.frame.source, &on->link->lladdr) == 0)
		take_own(&a);
	else if (!mac_is_station(&a.frame.source))
		on->count->malformed++;
	else if (a.frame.kind != FRAME_OTHER && !known_allows(intake->known,
	    &a.frame.source, on->link->ifindex, clock_monotime()))
		on->count->strangers++;
	else
		take(&a);
	return a.defend;
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
	case FRAME_DHCP_SERVER:
		take_server(a, DEED_SERVER, "DHCP");
		break;
	case FRAME_DHCP6_SERVER:
		take_server(a, DEED_SERVER6, "DHCPv6");
		break;
	case FRAME_ARP:
		take_arp(a);
		break;
	case FRAME_NS:
	case FRAME_NA:
		take_neighbour(a);
		break;
	case FRAME_RA:
		take_advert(a);
		break;
	case FRAME_OTHER:
		a->count->others++;
		break;
	case FRAME_MALFORMED:
		break;
	}
}

static bool
may_name(struct arrival *a, enum deed deed)
{
	return named_pass(a->intake->named, &a->frame.source, deed,
	    clock_monotime());
}

static bool
is_gateway(const struct arrival *a, const struct addr *addr)
{
	return !addr_is_none(addr) &&
	    (addr_cmp(addr, &a->link->gateway4) == 0 ||
	    addr_cmp(addr, &a->link->gateway6) == 0);
}

/* RFC 5227 2.4: at a limited rate, or two hosts would go on for ever. */
static void
defend(struct arrival *a, int what)
{
	if (ratelimit_pass(&a->intake->defended[what == INTAKE_DEFEND6],
	    DEFEND_EVERY, clock_monotime()))
		a->defend |= what;
}

/*
 * The station asks whether the gateway's address is free.  The kernel answers
 * that it is not, as to any such probe.
 */
static void
take_probe(struct arrival *a, const struct addr *addr)
{
	a->count->probes++;
	if (may_name(a, DEED_PROBE))
		log_warnx("%s: station %s asks for the gateway's address %s "
		    "for itself", a->link->name, mac_text(&a->frame.source),
		    addr_text(addr));
	defend(a, addr_is_v4(addr) ? INTAKE_DEFEND4 : INTAKE_DEFEND6);
}

/*
 * A station that claims the gateway's address receives other stations'
 * packets, or is another router, which should not be on this link.
 */
static void
take_claim(struct arrival *a, const struct addr *addr)
{
	bool v4 = addr_is_v4(addr);

	a->count->impostors++;
	if (may_name(a, v4 ? DEED_CLAIM : DEED_CLAIM6))
		log_warnx("%s: station %s claims the gateway's address %s",
		    a->link->name, mac_text(&a->frame.source),
		    addr_text(addr));
	defend(a, v4 ? INTAKE_DEFEND4 : INTAKE_DEFEND6);
}

static void
take_arp(struct arrival *a)
{
	struct intake *intake = a->intake;
	const struct heard *heard = &a->frame.u.heard;
	monotime_t now = clock_monotime();
	struct arp_ask ask;
	struct addr target;

	a->count->arps++;
	if (is_gateway(a, &heard->addr)) {
		take_claim(a, &heard->addr);
		pass_presence(a);
		return;
	}
	if (addr_is_none(&heard->addr) && wire_arp_probed(a->octets, a->len,
	    &target) && is_gateway(a, &target))
		take_probe(a, &target);
	pass_heard(a, heard);
	/* Whether an address is free is answered whatever the netmask. */
	if ((a->proxy == 0 && !addr_is_none(&heard->addr)) ||
	    !wire_arp_asks(a->octets, a->len, a->link, &ask))
		return;
	if (!buckets_take(intake->arp, &ask.mac, now)) {
		a->count->limited++;
		return;
	}
	ask.isolated = (a->proxy & INTAKE_ISOLATED) != 0;
	intake->pass(intake->arg, IPC_ARP_ASK, &ask, sizeof(ask));
}

static void
take_neighbour(struct arrival *a)
{
	const struct heard *heard = &a->frame.u.heard;
	struct addr target;

	a->count->neighbours++;
	if (is_gateway(a, &heard->addr)) {
		take_claim(a, &heard->addr);
		pass_presence(a);
		return;
	}
	if (addr_is_none(&heard->addr) && wire_nd_probed(a->octets, a->len,
	    &target) && is_gateway(a, &target))
		take_probe(a, &target);
	pass_heard(a, heard);
}

static void
take_server(struct arrival *a, enum deed deed, const char *protocol)
{
	const struct addr *server = &a->frame.server;

	a->count->servers++;
	if (may_name(a, deed))
		log_warnx("%s: another %s server: %s, %s", a->link->name,
		    protocol, mac_text(&a->frame.source),
		    addr_is_none(server) ? "no address" : addr_text(server));
}

static bool
is_relay(const struct conf_network *net, const struct addr *addr)
{
	uint32_t i;

	for (i = 0; i < net->nrelays; i++)
		if (addr_cmp(&net->relays[i], addr) == 0)
			return true;
	return false;
}

/* Routers with the same MAC address must never share a link. */
static void
take_own(struct arrival *a)
{
	a->count->foreign++;
	if (!ratelimit_pass(&a->intake->own, RATELIMIT_LOG,
	    clock_monotime()))
		return;
	log_warnx("%s: frame from our own MAC address %s: another router on "
	    "this link, or a loop", a->link->name,
	    mac_text(&a->frame.source));
}

/* Other stations may use it, if they are not isolated from each other. */
static void
take_advert(struct arrival *a)
{
	a->count->adverts++;
	if (is_gateway(a, &a->frame.server))
		take_claim(a, &a->frame.server);
	if (may_name(a, DEED_ADVERT))
		log_warnx("%s: router advertisement from %s, %s: a station "
		    "plays router", a->link->name, mac_text(&a->frame.source),
		    addr_text(&a->frame.server));
}

/*
 * A station asks for a client that has another MAC address: true, and it is the
 * repeater's request, or false.  Nobody gets what is leased to that address.
 */
static bool
take_repeater(struct arrival *a, struct dhcp_request *dhcp)
{
	const struct mac client = dhcp->chaddr;

	if (may_name(a, DEED_REPEATER))
		log_warnx("%s: station %s asks DHCP for %s: %s", a->link->name,
		    mac_text(&a->frame.source), mac_text(&client),
		    a->repeaters ? "a repeater" : "not its own, dropped; if it "
		    "is a repeater, write repeaters yes");
	if (!a->repeaters) {
		a->count->foreign++;
		return false;
	}
	dhcp->behind = client;
	dhcp->chaddr = a->frame.source;
	dhcp->repeated = DHCP_REPEATED;
	if (dhcp->client_idlen > 0)
		return true;
	dhcp->repeated = DHCP_REPEATED_BARE;
	dhcp->client_id[0] = 1;		/* Ethernet, RFC 2132 9.14 */
	memcpy(dhcp->client_id + 1, &client, sizeof(client));
	dhcp->client_idlen = 1 + sizeof(client);
	return true;
}

/*
 * chaddr must be the sender, or any frame could take another station's lease.
 * Configured relay agents send for others; stations behind them are not
 * located by this.
 */
static void
take_dhcp(struct arrival *a)
{
	struct dhcp_request *dhcp = &a->frame.u.dhcp;

	if (!addr_is_none(&dhcp->giaddr)) {
		if (!is_relay(a->network, &dhcp->giaddr)) {
			a->count->relays++;
			log_debug("%s: DHCP from relay %s, %s: not listed",
			    a->link->name, mac_text(&a->frame.source),
			    addr_text(&dhcp->giaddr));
			return;
		}
		a->count->dhcp++;
		a->intake->pass(a->intake->arg, IPC_DHCP, dhcp,
		    sizeof(*dhcp));
		return;
	}
	if (mac_cmp(&dhcp->chaddr, &a->frame.source) != 0 &&
	    !take_repeater(a, dhcp))
		return;
	if (!buckets_take(a->intake->dhcp, &a->frame.source,
	    clock_monotime())) {
		a->count->limited++;
		return;
	}
	a->count->dhcp++;
	pass_presence(a);
	a->intake->pass(a->intake->arg, IPC_DHCP, dhcp, sizeof(*dhcp));
}

/* The frame's source is who asks; the address in the message is echoed only. */
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
	if (is_gateway(a, &solicit->source))
		take_claim(a, &solicit->source);
	pass_presence(a);
	if (!heard_cache_allows(a->intake->heard, &a->frame.source,
	    clock_monotime())) {
		a->count->limited++;
		return;
	}
	a->intake->pass(a->intake->arg, IPC_SOLICIT, solicit,
	    sizeof(*solicit));
}

/* Before the request itself: the station arrives, then it asks. */
static void
pass_presence(struct arrival *a)
{
	struct heard heard = { .kind = HEARD_OTHER };

	heard.ifindex = a->link->ifindex;
	heard.mac = a->frame.source;
	pass_heard(a, &heard);
}

/* Reports of a station to the engine have a limited rate. */
static void
pass_heard(struct arrival *a, const struct heard *heard)
{
	struct intake *intake = a->intake;
	monotime_t now = clock_monotime();

	if (!heard_cache_is_new(intake->heard, heard, now))
		return;
	if (!heard_cache_allows(intake->heard, &heard->mac, now))
		a->count->limited++;
	else
		intake->pass(intake->arg, IPC_HEARD, heard, sizeof(*heard));
}
