/* SPDX-License-Identifier: ISC */
/* DHCPv4 and BOOTP requests are parsed (RFC 951, 2131, 2132, 3046). */
#include <string.h>

#include "wire/dhcp.h"
#include "wire/dhcp_local.h"
#include "wire/ip.h"

#define OVERLOAD_FILE	1
#define OVERLOAD_SNAME	2

#define FQDN_MIN	3	/* flags and two codes */

/* Where an option's contents are stored, for all options that are read. */
struct slot {
	uint8_t	 code;
	uint8_t	 max;
	bool	 seen;
	uint8_t	*to;
	size_t	 len;	/* of all its pieces, also beyond max */
};

struct options {
	uint8_t		address[4], server[4], lease[4], maxsize[2];
	uint8_t		overload, type, arch[2];
	struct slot	slots[12];
};

enum slot_index {
	SLOT_ADDRESS,
	SLOT_LEASE,
	SLOT_OVERLOAD,
	SLOT_TYPE,
	SLOT_SERVER,
	SLOT_PARAMS,
	SLOT_MAXSIZE,
	SLOT_CLIENT,
	SLOT_RAPID,
	SLOT_FQDN,
	SLOT_ARCH,
	SLOT_RELAY
};

static const char	*get_headers(struct ibuf *, struct dhcp_request *);
static const char	*get_bootp(struct ibuf *, struct dhcp_request *,
			    struct ibuf *, struct ibuf *);
static const char	*get_options(struct ibuf *, struct options *);
static void		 note(struct options *, uint8_t, struct ibuf *);
static const char	*check_options(const struct options *);
static void		 take_options(const struct options *,
			    struct dhcp_request *);
static void		 get_v4(struct addr *, const uint8_t *);
static bool		 is_host(const struct addr *);
static void		 take_relay(struct dhcp_request *);

const char *
wire_dhcp_parse(const void *frame, size_t len, uint32_t ifindex,
    struct dhcp_request *req)
{
	struct ibuf buf, sname, file;
	struct options o = { .slots = {
		[SLOT_ADDRESS] = { .code = OPTION_ADDRESS },
		[SLOT_LEASE] = { .code = OPTION_LEASE },
		[SLOT_OVERLOAD] = { .code = OPTION_OVERLOAD },
		[SLOT_TYPE] = { .code = OPTION_TYPE },
		[SLOT_SERVER] = { .code = OPTION_SERVER },
		[SLOT_PARAMS] = { .code = OPTION_PARAMS },
		[SLOT_MAXSIZE] = { .code = OPTION_MAXSIZE },
		[SLOT_CLIENT] = { .code = OPTION_CLIENT },
		[SLOT_RAPID] = { .code = OPTION_RAPID },
		[SLOT_FQDN] = { .code = OPTION_FQDN },
		[SLOT_ARCH] = { .code = OPTION_ARCH },
		[SLOT_RELAY] = { .code = OPTION_RELAY }
	} };
	const char *why;

	memset(req, 0, sizeof(*req));
	req->ifindex = ifindex;
#define INTO(slot, field) \
	(o.slots[slot].to = (uint8_t *)&(field), \
	o.slots[slot].max = sizeof(field))
	INTO(SLOT_ADDRESS, o.address);
	INTO(SLOT_LEASE, o.lease);
	INTO(SLOT_OVERLOAD, o.overload);
	INTO(SLOT_TYPE, o.type);
	INTO(SLOT_SERVER, o.server);
	INTO(SLOT_PARAMS, req->params);
	INTO(SLOT_MAXSIZE, o.maxsize);
	INTO(SLOT_CLIENT, req->client_id);
	INTO(SLOT_FQDN, req->fqdn);
	INTO(SLOT_ARCH, o.arch);
	INTO(SLOT_RELAY, req->relay_id);
#undef INTO
	ibuf_from(&buf, frame, len);
	if ((why = get_headers(&buf, req)) != NULL ||
	    (why = get_bootp(&buf, req, &sname, &file)) != NULL ||
	    (!req->plain && (why = get_options(&buf, &o)) != NULL))
		return why;
	/* RFC 3396 5: the fields are joined in this order. */
	if ((o.overload & OVERLOAD_FILE) &&
	    (why = get_options(&file, &o)) != NULL)
		return why;
	if ((o.overload & OVERLOAD_SNAME) &&
	    (why = get_options(&sname, &o)) != NULL)
		return why;
	if ((why = check_options(&o)) != NULL)
		return why;
	take_options(&o, req);
	return NULL;
}

static const char *
get_headers(struct ibuf *buf, struct dhcp_request *req)
{
	struct wire_ether ether;
	struct wire_ip ip;
	struct wire_udp udp;
	const char *why;

	if ((why = wire_get_ether(buf, &ether)) != NULL)
		return why;
	if (ether.type != WIRE_TYPE_IP4)
		return "not IPv4";
	if ((why = wire_get_ip4(buf, &ip)) != NULL)
		return why;
	if (ip.proto != WIRE_PROTO_UDP)
		return "not UDP";
	if ((why = wire_get_udp(buf, &ip, &udp)) != NULL)
		return why;
	if (udp.dport != WIRE_DHCP_SERVER)
		return "not to the DHCP server's port";
	req->source = ip.src;
	req->sport = udp.sport;
	req->source_mac = ether.src;
	return NULL;
}

static const char *
get_bootp(struct ibuf *buf, struct dhcp_request *req, struct ibuf *sname,
    struct ibuf *file)
{
	uint8_t op, htype, hlen, hops, ciaddr[4], giaddr[4];
	uint32_t cookie;

	if (ibuf_get_n8(buf, &op) == -1 || ibuf_get_n8(buf, &htype) == -1 ||
	    ibuf_get_n8(buf, &hlen) == -1 || ibuf_get_n8(buf, &hops) == -1 ||
	    ibuf_get_n32(buf, &req->xid) == -1 ||
	    ibuf_get_n16(buf, &req->secs) == -1 ||
	    ibuf_get_n16(buf, &req->flags) == -1 ||
	    ibuf_get(buf, ciaddr, sizeof(ciaddr)) == -1 ||
	    ibuf_skip(buf, 4 + 4) == -1 ||	/* yiaddr, siaddr */
	    ibuf_get(buf, giaddr, sizeof(giaddr)) == -1 ||
	    ibuf_get(buf, &req->chaddr, sizeof(req->chaddr)) == -1 ||
	    ibuf_skip(buf, CHADDR_LEN - sizeof(req->chaddr)) == -1 ||
	    ibuf_get_ibuf(buf, SNAME_LEN, sname) == -1 ||
	    ibuf_get_ibuf(buf, FILE_LEN, file) == -1 ||
	    ibuf_get_n32(buf, &cookie) == -1)
		return "short DHCP message";
	if (op != BOOTREQUEST)
		return "not a request";
	/* RFC 951 left the field to vendors: BOOTP may have nothing there. */
	req->plain = cookie == 0;
	if (htype != HTYPE_ETHER || hlen != sizeof(req->chaddr))
		return "hardware type is not Ethernet";
	if (cookie != COOKIE && !req->plain)
		return "bad cookie";
	if (!mac_is_station(&req->chaddr))
		return "hardware address is not unicast";
	get_v4(&req->ciaddr, ciaddr);
	get_v4(&req->giaddr, giaddr);
	/* Replies are sent to these. */
	if (!addr_is_none(&req->ciaddr) && !is_host(&req->ciaddr))
		return "client address is not unicast";
	if (!addr_is_none(&req->giaddr) && !is_host(&req->giaddr))
		return "relay's address is not unicast";
	return NULL;
}

/* The END may be missing. */
static const char *
get_options(struct ibuf *buf, struct options *o)
{
	struct ibuf body;
	uint8_t code, len;

	while (ibuf_get_n8(buf, &code) == 0 && code != OPTION_END) {
		if (code == OPTION_PAD)
			continue;
		if (ibuf_get_n8(buf, &len) == -1 ||
		    ibuf_get_ibuf(buf, len, &body) == -1)
			return "option runs past the end";
		note(o, code, &body);
	}
	return NULL;
}

/* An option that occurs again continues the earlier one (RFC 3396). */
static void
note(struct options *o, uint8_t code, struct ibuf *body)
{
	size_t i, len = ibuf_left(body), room;
	struct slot *slot;

	for (i = 0; i < sizeof(o->slots) / sizeof(o->slots[0]); i++) {
		slot = &o->slots[i];
		if (slot->code != code)
			continue;
		slot->seen = true;
		room = slot->len < slot->max ? slot->max - slot->len : 0;
		if (room > 0)
			ibuf_get(body, slot->to + slot->len,
			    len < room ? len : room);
		slot->len += len;
		return;
	}
}

/*
 * Options of wrong length.  A lease time or a maximum size of wrong length is
 * ignored, as if it were absent.
 */
static const char *
check_options(const struct options *o)
{
	const struct slot *s = o->slots;

	if (s[SLOT_TYPE].seen && s[SLOT_TYPE].len != 1)
		return "bad length of message type";
	switch (s[SLOT_TYPE].seen ? o->type : DHCP_BOOTP) {
	case DHCP_BOOTP:
		if (!s[SLOT_TYPE].seen)
			break;
		return "not a client's message type";
	case DHCP_DISCOVER:
	case DHCP_REQUEST:
	case DHCP_DECLINE:
	case DHCP_RELEASE:
	case DHCP_INFORM:
		break;
	default:
		return "not a client's message type";
	}
	if (s[SLOT_OVERLOAD].seen && s[SLOT_OVERLOAD].len != 1)
		return "bad length of overload option";
	if (s[SLOT_ADDRESS].seen && s[SLOT_ADDRESS].len != 4)
		return "bad length of requested address";
	if (s[SLOT_SERVER].seen && s[SLOT_SERVER].len != 4)
		return "bad length of server identifier";
	if (s[SLOT_CLIENT].len > DHCP_CLIENT_ID_MAX)
		return "client identifier too long";
	return NULL;
}

static void
take_options(const struct options *o, struct dhcp_request *req)
{
	const struct slot *s = o->slots;
	struct ibuf buf;

	req->type = s[SLOT_TYPE].seen ? o->type : DHCP_BOOTP;
	get_v4(&req->requested, o->address);
	get_v4(&req->server, o->server);
	if (s[SLOT_LEASE].len == sizeof(o->lease)) {
		ibuf_from(&buf, o->lease, sizeof(o->lease));
		ibuf_get_n32(&buf, &req->lease);
	}
	if (s[SLOT_MAXSIZE].len == sizeof(o->maxsize)) {
		ibuf_from(&buf, o->maxsize, sizeof(o->maxsize));
		ibuf_get_n16(&buf, &req->maxsize);
	}
	/* A list, of which the first is the one that it prefers. */
	if (s[SLOT_ARCH].len >= sizeof(o->arch) && s[SLOT_ARCH].len % 2 == 0) {
		ibuf_from(&buf, o->arch, sizeof(o->arch));
		ibuf_get_n16(&buf, &req->arch);
		req->has_arch = 1;
	}
	req->nparams = s[SLOT_PARAMS].len < DHCP_PARAMS_MAX ?
	    s[SLOT_PARAMS].len : DHCP_PARAMS_MAX;
	req->client_idlen = s[SLOT_CLIENT].len;
	req->rapid = s[SLOT_RAPID].seen;
	/* A name that is too long for us is ignored. */
	if (s[SLOT_FQDN].len >= FQDN_MIN &&
	    s[SLOT_FQDN].len <= sizeof(req->fqdn))
		req->fqdnlen = s[SLOT_FQDN].len;
	/* RFC 3046 2.1: a station itself may not send this option. */
	if (!addr_is_none(&req->giaddr) &&
	    s[SLOT_RELAY].len <= sizeof(req->relay_id)) {
		req->relay_idlen = s[SLOT_RELAY].len;
		take_relay(req);
	}
}

/*
 * RFC 5010's flags (10) tell whether the station's own message was unicast.
 * Our answers but NAK are the same for both, so the flags are echoed only.
 */
static void
take_relay(struct dhcp_request *req)
{
	struct ibuf buf, body;
	uint8_t code, len, v4[4];

	ibuf_from(&buf, req->relay_id, req->relay_idlen);
	while (ibuf_get_n8(&buf, &code) == 0 && ibuf_get_n8(&buf, &len) == 0 &&
	    ibuf_get_ibuf(&buf, len, &body) == 0) {
		if (code == RELAY_PORT)
			req->relay_port = 1;
		if ((code != RELAY_LINK && code != RELAY_OVERRIDE) ||
		    len != sizeof(v4) || ibuf_get(&body, v4, len) == -1)
			continue;
		get_v4(code == RELAY_LINK ? &req->link : &req->override, v4);
	}
}

static void
get_v4(struct addr *addr, const uint8_t *v4)
{
	static const uint8_t zero[4];

	*addr = addr_none;
	if (memcmp(v4, zero, sizeof(zero)) != 0)
		addr_from_v4(addr, v4);
}

/* Neither loopback nor multicast, reserved or broadcast. */
static bool
is_host(const struct addr *addr)
{
	const uint8_t *v4 = addr_v4(addr);

	return v4[0] != 0 && v4[0] != 127 && v4[0] < 224;
}

