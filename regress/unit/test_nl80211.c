/* SPDX-License-Identifier: ISC */
/*
 * Messages of nl80211 are parsed.  They are written here with their numbers as
 * in linux/nl80211.h, as on the wire.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <linux/genetlink.h>
#include <linux/nl80211.h>
#include <netlink/msg.h>

#include "radio/nl80211.h"

#define FAMILY	28

static uint8_t		 room[1024] __attribute__((aligned(8)));
static struct nlmsghdr	*nlh = (struct nlmsghdr *)room;
static struct nl80211_news news;

static void
begin(uint8_t cmd)
{
	struct genlmsghdr genl = { .cmd = cmd, .version = 1 };

	memset(room, 0, sizeof(room));
	nlh->nlmsg_type = FAMILY;
	nlh->nlmsg_len = NLMSG_HDRLEN + GENL_HDRLEN;
	memcpy(room + NLMSG_HDRLEN, &genl, sizeof(genl));
}

static void
add(uint16_t type, const void *data, uint16_t len)
{
	struct nlattr a = { .nla_len = (uint16_t)(NLA_HDRLEN + len),
	    .nla_type = type };

	memcpy(room + nlh->nlmsg_len, &a, sizeof(a));
	if (len > 0)
		memcpy(room + nlh->nlmsg_len + NLA_HDRLEN, data, len);
	nlh->nlmsg_len += NLA_ALIGN(NLA_HDRLEN + len);
}

static void
add_u32(uint16_t type, uint32_t value)
{
	add(type, &value, sizeof(value));
}

static void
add_mac(void)
{
	add(NL80211_ATTR_MAC, "\x02\0\0\0\0\x07", 6);
}

/* mask and set of the flags, and how many frames were received. */
static void
add_info(uint32_t mask, uint32_t set, uint32_t received)
{
	uint32_t info[] = { 8 | NL80211_STA_INFO_INACTIVE_TIME << 16, 1500,
	    12 | NL80211_STA_INFO_STA_FLAGS << 16, mask, set,
	    8 | NL80211_STA_INFO_RX_PACKETS << 16, received };

	add(NL80211_ATTR_STA_INFO, info, sizeof(info));
}

static int
take(void)
{
	return nl80211_read(nlh, FAMILY, &news);
}

static void
a_station_and_its_state(void **state)
{
	(void)state;
	begin(NL80211_CMD_NEW_STATION);
	add_u32(NL80211_ATTR_IFINDEX, 5);
	add_mac();
	add_info(0xfe, 0xa4, 42);
	assert_int_equal(take(), 0);
	assert_int_equal(news.kind, NL80211_STATION);
	assert_int_equal(news.ifindex, 5);
	assert_memory_equal(&news.mac, "\x02\0\0\0\0\x07", 6);
	assert_true(news.state.has_flags);
	assert_false(news.state.authorised);	/* associated, no keys */
	assert_true(news.state.has_received);
	assert_int_equal(news.state.received, 42);
	assert_int_equal(news.state.associated, 0);
	assert_true(news.state.has_inactive);
	assert_int_equal(news.state.inactive, 1500);

	begin(NL80211_CMD_NEW_STATION);
	add_u32(NL80211_ATTR_IFINDEX, 5);
	add_mac();
	add_info(0xfe, 0xa6, 42);
	assert_int_equal(take(), 0);
	assert_true(news.state.authorised);
	assert_false(news.state.protects);

	begin(NL80211_CMD_NEW_STATION);
	add_u32(NL80211_ATTR_IFINDEX, 5);
	add_mac();
	add_info(0xfe, 0xb6, 42);
	assert_int_equal(take(), 0);
	assert_true(news.state.authorised);
	assert_true(news.state.protects);

	/* A driver that does not report it. */
	begin(NL80211_CMD_NEW_STATION);
	add_u32(NL80211_ATTR_IFINDEX, 5);
	add_mac();
	add_info(0x04, 0x06, 0);
	assert_int_equal(take(), 0);
	assert_false(news.state.has_flags);
	assert_false(news.state.authorised);
}

static void
interfaces_and_their_roles(void **state)
{
	static const struct {
		uint32_t	type;
		enum nl80211_role role;
	} rows[] = {
		{ NL80211_IFTYPE_STATION, ROLE_NONE },
		{ NL80211_IFTYPE_AP, ROLE_AP },
		{ NL80211_IFTYPE_AP_VLAN, ROLE_AP_VLAN },
		{ NL80211_IFTYPE_MESH_POINT, ROLE_NONE },
		{ 4000, ROLE_NONE }
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		begin(NL80211_CMD_NEW_INTERFACE);
		add_u32(NL80211_ATTR_IFINDEX, 5);
		add_u32(NL80211_ATTR_WIPHY, 2);
		add_u32(NL80211_ATTR_IFTYPE, rows[i].type);
		assert_int_equal(take(), 0);
		assert_int_equal(news.kind, NL80211_INTERFACE);
		assert_int_equal(news.role, rows[i].role);
		assert_int_equal(news.wiphy, 2);
	}
}

static void
a_probe_that_was_acknowledged_or_not(void **state)
{
	(void)state;
	begin(NL80211_CMD_PROBE_CLIENT);
	add_u32(NL80211_ATTR_IFINDEX, 5);
	add_mac();
	assert_int_equal(take(), 0);
	assert_int_equal(news.kind, NL80211_PROBED);
	assert_false(news.acknowledged);
	add(NL80211_ATTR_ACK, NULL, 0);
	assert_int_equal(take(), 0);
	assert_true(news.acknowledged);
}

static void
what_lacks_something_is_not_read(void **state)
{
	(void)state;
	begin(NL80211_CMD_NEW_STATION);
	add_mac();
	assert_int_equal(take(), -1);		/* no interface */
	begin(NL80211_CMD_NEW_STATION);
	add_u32(NL80211_ATTR_IFINDEX, 5);
	assert_int_equal(take(), -1);		/* no station */
	begin(NL80211_CMD_DEL_STATION);
	add_u32(NL80211_ATTR_IFINDEX, 5);
	add(NL80211_ATTR_MAC, "\x02\0\0\0", 4);
	assert_int_equal(take(), -1);		/* half a station */
	begin(NL80211_CMD_DEL_STATION);
	add_u32(NL80211_ATTR_IFINDEX, 0);
	add_mac();
	assert_int_equal(take(), -1);
	begin(NL80211_CMD_DEL_STATION);
	add(NL80211_ATTR_IFINDEX, "", 0);
	add_mac();
	assert_int_equal(take(), -1);
	begin(NL80211_CMD_DEL_STATION);
	add_u32(NL80211_ATTR_IFINDEX, 5);
	add_mac();
	assert_int_equal(take(), 0);
	assert_int_equal(news.kind, NL80211_STATION_GONE);
	nlh->nlmsg_type = FAMILY + 1;
	assert_int_equal(take(), -1);
	nlh->nlmsg_type = FAMILY;
	nlh->nlmsg_len = NLMSG_HDRLEN + 2;
	assert_int_equal(take(), -1);		/* not even a command */
}

/* Cut anywhere, it is parsed or refused, and nothing behind it is read. */
static void
any_piece_of_a_message(void **state)
{
	uint32_t whole, n;
	struct nlmsghdr *copy;

	(void)state;
	begin(NL80211_CMD_NEW_STATION);
	add_u32(NL80211_ATTR_IFINDEX, 5);
	add_mac();
	add_info(0xfe, 0xa6, 42);
	whole = nlh->nlmsg_len;
	for (n = NLMSG_HDRLEN; n < whole; n++) {
		assert_non_null(copy = malloc(n));
		memcpy(copy, nlh, n);
		copy->nlmsg_len = n;
		if (nl80211_read(copy, FAMILY, &news) == 0)
			assert_int_equal(news.ifindex, 5);
		free(copy);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_station_and_its_state),
		cmocka_unit_test(interfaces_and_their_roles),
		cmocka_unit_test(a_probe_that_was_acknowledged_or_not),
		cmocka_unit_test(what_lacks_something_is_not_read),
		cmocka_unit_test(any_piece_of_a_message),
	};

	return cmocka_run_group_tests_name("nl80211", tests, NULL, NULL);
}
