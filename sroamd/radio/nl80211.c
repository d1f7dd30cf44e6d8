/* SPDX-License-Identifier: ISC */
/* The nl80211 messages that we send, and those we read, as plain structs. */
#include <errno.h>
#include <linux/genetlink.h>
#include <linux/nl80211.h>
#include <netlink/attr.h>
#include <netlink/genl/ctrl.h>
#include <netlink/genl/genl.h>
#include <netlink/msg.h>
#include <netlink/socket.h>
#include <string.h>

#include "common/log.h"
#include "radio/nl80211.h"

#define MSG_SIZE	256		/* ours are all smaller */

static struct nl_msg		*request(uint16_t, uint8_t, uint32_t,
				    const struct mac *);
static enum nl80211_kind	 kind_of(uint8_t);
static enum nl80211_role	 role_of(struct nlattr *);
static void			 read_state(struct nlattr *,
				    struct radio_state *);

static struct nl_msg *
request(uint16_t family, uint8_t cmd, uint32_t ifindex, const struct mac *mac)
{
	struct nl_msg *msg;

	if ((msg = nlmsg_alloc_size(MSG_SIZE)) == NULL ||
	    genlmsg_put(msg, 0, 0, family, 0, 0, cmd, 0) == NULL ||
	    (ifindex != 0 && nla_put_u32(msg, NL80211_ATTR_IFINDEX,
	    ifindex) < 0) ||
	    (mac != NULL && nla_put(msg, NL80211_ATTR_MAC, sizeof(*mac),
	    mac) < 0))
		fatalx("nl80211 message");
	return msg;
}

struct nl_msg *
nl80211_get_interface(uint16_t family, uint32_t ifindex)
{
	return request(family, NL80211_CMD_GET_INTERFACE, ifindex, NULL);
}

struct nl_msg *
nl80211_get_station(uint16_t family, uint32_t ifindex, const struct mac *mac)
{
	return request(family, NL80211_CMD_GET_STATION, ifindex, mac);
}

struct nl_msg *
nl80211_get_key(uint16_t family, uint32_t ifindex, const struct mac *mac,
    uint8_t id)
{
	struct nl_msg *msg = request(family, NL80211_CMD_GET_KEY, ifindex,
	    mac);

	if (nla_put_u8(msg, NL80211_ATTR_KEY_IDX, id) < 0)
		fatalx("nl80211 message");
	return msg;
}

struct nl_msg *
nl80211_dump_interfaces(uint16_t family)
{
	return request(family, NL80211_CMD_GET_INTERFACE, 0, NULL);
}

struct nl_msg *
nl80211_dump_stations(uint16_t family, uint32_t ifindex)
{
	return request(family, NL80211_CMD_GET_STATION, ifindex, NULL);
}

struct nl_msg *
nl80211_probe_client(uint16_t family, uint32_t ifindex, const struct mac *mac)
{
	return request(family, NL80211_CMD_PROBE_CLIENT, ifindex, mac);
}

int
nl80211_read(struct nlmsghdr *nlh, uint16_t family, struct nl80211_news *n)
{
	static struct nla_policy policy[NL80211_ATTR_MAX + 1] = {
		[NL80211_ATTR_IFINDEX] = { .type = NLA_U32 },
		[NL80211_ATTR_WIPHY] = { .type = NLA_U32 },
		[NL80211_ATTR_IFTYPE] = { .type = NLA_U32 },
		[NL80211_ATTR_MAC] = { .minlen = 6, .maxlen = 6 },
		[NL80211_ATTR_STA_INFO] = { .type = NLA_NESTED }
	};
	struct nlattr *tb[NL80211_ATTR_MAX + 1];
	const struct genlmsghdr *genl;

	memset(n, 0, sizeof(*n));
	if (family == 0 || nlh->nlmsg_type != family ||
	    !nlmsg_valid_hdr(nlh, GENL_HDRLEN) ||
	    genlmsg_parse(nlh, 0, tb, NL80211_ATTR_MAX, policy) < 0)
		return -1;
	genl = nlmsg_data(nlh);
	n->kind = kind_of(genl->cmd);
	if (tb[NL80211_ATTR_IFINDEX] == NULL)
		return -1;
	n->ifindex = nla_get_u32(tb[NL80211_ATTR_IFINDEX]);
	if (tb[NL80211_ATTR_WIPHY] != NULL)
		n->wiphy = nla_get_u32(tb[NL80211_ATTR_WIPHY]);
	n->role = role_of(tb[NL80211_ATTR_IFTYPE]);
	n->acknowledged = tb[NL80211_ATTR_ACK] != NULL;
	if (n->kind == NL80211_STATION || n->kind == NL80211_STATION_GONE ||
	    n->kind == NL80211_PROBED) {
		if (tb[NL80211_ATTR_MAC] == NULL)
			return -1;
		memcpy(&n->mac, nla_data(tb[NL80211_ATTR_MAC]),
		    sizeof(n->mac));
		read_state(tb[NL80211_ATTR_STA_INFO], &n->state);
	}
	return n->ifindex == 0 ? -1 : 0;
}

static enum nl80211_kind
kind_of(uint8_t cmd)
{
	switch (cmd) {
	case NL80211_CMD_NEW_INTERFACE:
	case NL80211_CMD_SET_INTERFACE:
		return NL80211_INTERFACE;
	case NL80211_CMD_DEL_INTERFACE:
		return NL80211_INTERFACE_GONE;
	case NL80211_CMD_NEW_STATION:
		return NL80211_STATION;
	case NL80211_CMD_DEL_STATION:
		return NL80211_STATION_GONE;
	case NL80211_CMD_PROBE_CLIENT:
		return NL80211_PROBED;
	case NL80211_CMD_START_AP:
	case NL80211_CMD_STOP_AP:
		return NL80211_STARTED;
	default:
		return NL80211_OTHER;
	}
}

static enum nl80211_role
role_of(struct nlattr *type)
{
	switch (type != NULL ? nla_get_u32(type) :
	    NL80211_IFTYPE_UNSPECIFIED) {
	case NL80211_IFTYPE_AP:
		return ROLE_AP;
	case NL80211_IFTYPE_AP_VLAN:
		return ROLE_AP_VLAN;
	default:
		return ROLE_NONE;
	}
}

static void
read_state(struct nlattr *info, struct radio_state *state)
{
	struct nlattr *tb[NL80211_STA_INFO_MAX + 1];
	struct nl80211_sta_flag_update flags;

	if (info == NULL || nla_parse_nested(tb, NL80211_STA_INFO_MAX, info,
	    NULL) < 0)
		return;
	if (tb[NL80211_STA_INFO_STA_FLAGS] != NULL &&
	    nla_len(tb[NL80211_STA_INFO_STA_FLAGS]) >= (int)sizeof(flags)) {
		memcpy(&flags, nla_data(tb[NL80211_STA_INFO_STA_FLAGS]),
		    sizeof(flags));
		state->has_flags = flags.mask &
		    (1U << NL80211_STA_FLAG_AUTHORIZED);
		state->authorised = state->has_flags && (flags.set &
		    (1U << NL80211_STA_FLAG_AUTHORIZED));
		state->protects = flags.mask & flags.set &
		    (1U << NL80211_STA_FLAG_MFP);
	}
	if (tb[NL80211_STA_INFO_ASSOC_AT_BOOTTIME] != NULL &&
	    nla_len(tb[NL80211_STA_INFO_ASSOC_AT_BOOTTIME]) >= 8)
		state->associated =
		    nla_get_u64(tb[NL80211_STA_INFO_ASSOC_AT_BOOTTIME]);
	if (tb[NL80211_STA_INFO_INACTIVE_TIME] != NULL &&
	    nla_len(tb[NL80211_STA_INFO_INACTIVE_TIME]) >= 4) {
		state->has_inactive = true;
		state->inactive =
		    nla_get_u32(tb[NL80211_STA_INFO_INACTIVE_TIME]);
	}
	if (tb[NL80211_STA_INFO_RX_PACKETS] != NULL &&
	    nla_len(tb[NL80211_STA_INFO_RX_PACKETS]) >= 4) {
		state->has_received = true;
		state->received =
		    nla_get_u32(tb[NL80211_STA_INFO_RX_PACKETS]);
	}
}

int
nl80211_resolve(struct nl80211_ids *ids)
{
	struct nl_sock *sk;
	int family;

	memset(ids, 0, sizeof(*ids));
	if ((sk = nl_socket_alloc()) == NULL)
		fatal("nl80211");
	if (genl_connect(sk) < 0) {
		nl_socket_free(sk);
		errno = EPROTONOSUPPORT;
		return -1;
	}
	family = genl_ctrl_resolve(sk, "nl80211");
	if (family > 0) {
		ids->family = (uint16_t)family;
		ids->mlme = genl_ctrl_resolve_grp(sk, "nl80211", "mlme");
		ids->config = genl_ctrl_resolve_grp(sk, "nl80211", "config");
	}
	nl_socket_free(sk);
	if (family > 0 && ids->mlme > 0 && ids->config > 0)
		return 0;
	memset(ids, 0, sizeof(*ids));
	errno = ENOENT;
	return -1;
}
