/* SPDX-License-Identifier: ISC */
/* Events as sroamctl prints them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/ctl.h"
#include "sroamctl/monitor.h"

#define MAC7	{ { 2, 0, 0, 0, 0, 7 } }
#define ID(n)	{ { 2, 0, 0, 0, 0, 0, 0, (n) } }
#define V4	{ { { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 192, 168, \
			44, 17 } }, 128 }
#define V6	{ { { 0x20, 1, 0xd, 0xb8, 0, 0x44 } }, 64 }
#define NOW	1796058123456

static const struct row {
	struct ctl_event	 event;
	const char		*line, *numeric, *json;
} rows[] = {
	{ { { "unnamed", 0, { 0 } }, .seq = 9, .time = NOW,
	    .type = CTL_EVENT_ROAM, .about = CTL_ABOUT_STATION, .mac = MAC7,
	    .nprefixes = 2, .prefixes = { V4, V6 }, .router = ID(2),
	    .router_name = "ap2", .from = ID(1), .from_name = "ap1",
	    .interface = "roam0", .port = "wlan0" },
	    "roam 02:00:00:00:00:07 192.168.44.17/32 2001:db8:44::/64 "
	    "from ap1 at ap2 on wlan0\n",
	    "roam 02:00:00:00:00:07 192.168.44.17/32 2001:db8:44::/64 "
	    "from 02:00:00:00:00:00:00:01 at 02:00:00:00:00:00:00:02 on "
	    "wlan0\n",
	    "\"event\":\"roam\",\"seq\":9,\"about\":\"station\","
	    "\"network\":\"unnamed\",\"mac\":\"02:00:00:00:00:07\","
	    "\"addresses\":[\"192.168.44.17/32\",\"2001:db8:44::/64\"],"
	    "\"router\":\"ap2\",\"router_id\":\"02:00:00:00:00:00:00:02\","
	    "\"from\":\"ap1\",\"from_id\":\"02:00:00:00:00:00:00:01\","
	    "\"interface\":\"roam0\",\"port\":\"wlan0\"}\n" },
	{ { { "guest", 7, { 0 } }, .time = NOW, .about = CTL_ABOUT_LEASE,
	    .mac = MAC7, .nprefixes = 1, .prefixes = { V4 } },
	    "present lease 02:00:00:00:00:07 192.168.44.17/32 in guest\n",
	    "present lease 02:00:00:00:00:07 192.168.44.17/32 in guest\n",
	    "\"event\":\"present\",\"about\":\"lease\",\"network\":\"guest\","
	    "\"mac\":\"02:00:00:00:00:07\","
	    "\"addresses\":[\"192.168.44.17/32\"]}\n" },
	{ { .time = NOW, .type = CTL_EVENT_LIVE }, "live\n", "live\n",
	    "\"event\":\"live\"}\n" },
	{ { .seq = 3, .time = NOW, .type = CTL_EVENT_LOST, .count = 70000 },
	    "lost 70000 events\n", "lost 70000 events\n",
	    "\"event\":\"lost\",\"seq\":3,\"count\":70000}\n" },
	{ { .seq = 4, .time = NOW, .type = CTL_EVENT_PEER_DOWN,
	    .about = CTL_ABOUT_PEER, .router = ID(2), .router_name = "ap2",
	    .text = "10.0.0.2 port 4444: gone" },
	    "peer-down ap2 10.0.0.2 port 4444: gone\n",
	    "peer-down 02:00:00:00:00:00:00:02 10.0.0.2 port 4444: gone\n",
	    "\"event\":\"peer-down\",\"seq\":4,\"about\":\"peer\","
	    "\"router\":\"ap2\",\"router_id\":\"02:00:00:00:00:00:00:02\","
	    "\"text\":\"10.0.0.2 port 4444: gone\"}\n" },
	/* What comes from others does not control a terminal. */
	{ { .seq = 5, .time = NOW, .type = CTL_EVENT_WARNING,
	    .text = "\x1b[2J\"" }, "warning ?[2J\"\n", "warning ?[2J\"\n",
	    "\"event\":\"warning\",\"seq\":5,\"text\":\"?[2J\\\"\"}\n" }
};

static const char *
printed(const struct ctl_event *event, bool json, bool numeric)
{
	static char text[1024];
	struct monitor m = { NULL, json, numeric };
	size_t n;

	assert_non_null(m.file = tmpfile());
	assert_int_equal(monitor_record(&m, CTL_EVENT, event, sizeof(*event)),
	    0);
	rewind(m.file);
	n = fread(text, 1, sizeof(text) - 1, m.file);
	text[n] = '\0';
	fclose(m.file);
	return text;
}

static void
each_event_is_a_line(void **state)
{
	char expected[1024];
	const struct row *row;

	(void)state;
	for (row = rows; row < rows + sizeof(rows) / sizeof(rows[0]); row++) {
		snprintf(expected, sizeof(expected),
		    "2026-11-30T17:02:03.456Z %s", row->line);
		assert_string_equal(printed(&row->event, false, false),
		    expected);
		snprintf(expected, sizeof(expected),
		    "2026-11-30T17:02:03.456Z %s", row->numeric);
		assert_string_equal(printed(&row->event, false, true),
		    expected);
	}
}

static void
each_event_is_an_object(void **state)
{
	char expected[1024];
	const struct row *row;

	(void)state;
	for (row = rows; row < rows + sizeof(rows) / sizeof(rows[0]); row++) {
		snprintf(expected, sizeof(expected),
		    "{\"time\":\"2026-11-30T17:02:03.456Z\",%s", row->json);
		assert_string_equal(printed(&row->event, true, false),
		    expected);
	}
}

static void
what_is_no_event_is_refused(void **state)
{
	const struct ctl_event event = { .type = CTL_EVENT_LIVE };
	struct monitor m = { stdout, false, false };

	(void)state;
	assert_int_equal(monitor_record(&m, CTL_LEASE, &event,
	    sizeof(event)), -1);
	assert_int_equal(monitor_record(&m, CTL_EVENT, &event,
	    sizeof(event) - 1), -1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_event_is_a_line),
		cmocka_unit_test(each_event_is_an_object),
		cmocka_unit_test(what_is_no_event_is_refused),
	};

	return cmocka_run_group_tests_name("monitor", tests, NULL, NULL);
}
