/* SPDX-License-Identifier: ISC */
/* Metrics: the lines for a record, which no name from the network can break. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "msg.h"
#include "sroamctl/metrics.h"

#define ID(n)		{ { 2, 0, 0, 0, 0, 0, 0, (n) } }
#define V4(d)		{ { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, \
	10, 1, 1, (d) } }

static const struct ctl_status status = {
	.id = ID(2), .name = "ap2", .version = "2.0.0", .uptime = 8100,
	.started = 1, .stations = 2, .roams_in = UINT64_MAX,
	.warning = "no session with ap4"
};
static const struct ctl_interface interfaces[] = {
	{ .scope = { .network = "unnamed", .width = 7 }, .name = "roam0",
	    .ifindex = 4, .up = 1, .source = SOURCE_NL80211,
	    .lost = 3, .dropped = { [CTL_DROP_DHCP_EMPTY] = 5 } },
	{ .scope = { .network = "gu\"est", .width = 7 }, .name = "roam1" }
};
/* The last one is of a peer, and would be a series of its own. */
static const struct ctl_network networks[] = {
	{ .scope = { .network = "unnamed" }, .configured = 1, .stations = 3,
	    .leases4 = 4, .size4 = 253, .used4 = 5 },
	{ .scope = { .network = "guest" }, .configured = 1, .stations = 6 },
	{ .scope = { .network = "gues" }, .data = 14 }
};
static const struct ctl_peer peers[] = {
	{ .router = ID(1), .router_name = "co\"re\\\n", .addr = V4(1),
	    .port = 4444, .state = CTL_PEER_UP, .queued = 20 },
	/* A second one with the same labels. */
	{ .router = ID(1), .router_name = "co\"re\\\n", .addr = V4(1) },
	/* Its connection comes later in the list. */
	{ .router = ID(5), .router_name = "ap5", .addr = V4(5),
	    .state = CTL_PEER_OTHER_WAY },
	{ .router = ID(5), .router_name = "ap5", .addr = V4(5), .inbound = 1,
	    .state = CTL_PEER_UP },
	{ .addr = V4(4), .error = "refused" }
};
static const struct ctl_memory memory = {
	.process = CTL_ENGINE, .pid = 814, .rss = 5000000, .objects = 10
};

static char *
text_of(struct metrics *m)
{
	char *text = NULL;
	size_t size;
	FILE *f;

	assert_non_null(f = open_memstream(&text, &size));
	metrics_print(m, f);
	assert_int_equal(fclose(f), 0);
	metrics_free(m);
	return text;
}

static struct metrics *
collected(void)
{
	struct metrics *m = metrics_new();
	enum ctl_type request;
	size_t i;

	while ((request = metrics_next(m)) != CTL_NONE) {
		assert_int_equal(metrics_record(m, CTL_LEASE, &status, 1), -1);
		switch (request) {
		case CTL_SHOW_STATUS:
			assert_int_equal(metrics_record(m, CTL_STATUS, &status,
			    sizeof(status)), 0);
			break;
		case CTL_SHOW_INTERFACES:
			for (i = 0; i < 2; i++)
				assert_int_equal(metrics_record(m,
				    CTL_INTERFACE, &interfaces[i],
				    sizeof(interfaces[i])), 0);
			break;
		case CTL_SHOW_PEERS:
			for (i = 0; i < sizeof(peers) / sizeof(peers[0]); i++)
				assert_int_equal(metrics_record(m, CTL_PEER,
				    &peers[i], sizeof(peers[i])), 0);
			break;
		case CTL_SHOW_MEMORY:
			assert_int_equal(metrics_record(m, CTL_MEMORY, &memory,
			    sizeof(memory)), 0);
			break;
		case CTL_SHOW_NETWORKS:
			for (i = 0; i < 3; i++)
				assert_int_equal(metrics_record(m,
				    CTL_NETWORK, &networks[i],
				    sizeof(networks[i])), 0);
			break;
		default:			/* no routers are known */
			break;
		}
	}
	return m;
}

static void
records_become_families(void **state)
{
	static const char *const parts[] = {
		"# TYPE sroamd_info gauge\n"
		"sroamd_info{router_id=\"02:00:00:00:00:00:00:02\","
		"router=\"ap2\",version=\"2.0.0\"} 1\n",
		"\n# TYPE sroamd_uptime_seconds gauge\n"
		"# UNIT sroamd_uptime_seconds seconds\n"
		"sroamd_uptime_seconds 8100\n",
		"\n# TYPE sroamd_settled gauge\nsroamd_settled 1\n",
		"\n# TYPE sroamd_stations gauge\nsroamd_stations 2\n",
		"\n# TYPE sroamd_roams_in counter\n"
		"sroamd_roams_in_total 18446744073709551615\n",
		"\n# TYPE sroamd_warning gauge\nsroamd_warning 1\n",
		"\n# TYPE sroamd_interface_lost counter\n"
		"sroamd_interface_lost_total{interface=\"roam0\",network=\"unnamed\"} 3\n"
		"sroamd_interface_lost_total{interface=\"roam1\",network=\"gu?est\"} 0\n",
		"\nsroamd_interface_dhcp_no_address_total"
		"{interface=\"roam0\",network=\"unnamed\"} 5\n",
		"\nsroamd_interface_source{interface=\"roam0\",network=\"unnamed\","
		"is=\"nl80211\"} 1\n",
		"\nsroamd_interface_source{interface=\"roam1\",network=\"gu?est\","
		"is=\"nl80211\"} 0\n",
		"\n# TYPE sroamd_peer_queued_bytes gauge\n"
		"# UNIT sroamd_peer_queued_bytes bytes\n"
		"sroamd_peer_queued_bytes{"
		"router_id=\"02:00:00:00:00:00:00:01\",router=\"co?re??\","
		"address=\"10.1.1.1\"} 20\n"
		"sroamd_peer_queued_bytes{"
		"router_id=\"02:00:00:00:00:00:00:05\",router=\"ap5\","
		"address=\"10.1.1.5\"} 0\n"
		"sroamd_peer_queued_bytes{router_id=\"\",router=\"\","
		"address=\"10.1.1.4\"} 0\n# TYPE",
		"\nsroamd_peer_error{router_id=\"\",router=\"\","
		"address=\"10.1.1.4\"} 1\n",
		"\nsroamd_process_rss_bytes{process=\"engine\"} 5000000\n",
		"\nsroamd_process_objects{process=\"engine\"} 10\n",
		"\n# TYPE sroamd_network_stations gauge\n"
		"sroamd_network_stations{network=\"unnamed\"} 3\n"
		"sroamd_network_stations{network=\"guest\"} 6\n#",
		"\nsroamd_network_leases_ipv4{network=\"unnamed\"} 4\n",
		"\nsroamd_network_pool_ipv4{network=\"unnamed\"} 253\n",
		"\nsroamd_network_pool_ipv4_used{network=\"unnamed\"} 5\n"
	};
	static const char *const not[] = { "ifindex", "peer_port", "_pid",
	    "other way\"} 1", "peer_host", "\"gues\"", "network_configured",
	    "network_interface_count",
	    "sroamd_router_" };
	char *text = text_of(collected());
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		if (strstr(text, parts[i]) == NULL)
			fail_msg("not there: %s\nin: %s", parts[i], text);
	for (i = 0; i < sizeof(not) / sizeof(not[0]); i++)
		if (strstr(text, not[i]) != NULL)
			fail_msg("there: %s\nin: %s", not[i], text);
	assert_string_equal(text + strlen(text) - 7, "\n# EOF\n");
	free(text);
}

/* A collector refuses all if a family occurs twice. */
static void
a_family_stands_in_one_place(void **state)
{
	char *text = text_of(collected()), *line, *rest = text, *known;
	size_t families = 0;

	(void)state;
	assert_non_null(known = calloc(1, strlen(text) + 2));
	while ((line = strsep(&rest, "\n")) != NULL) {
		if (strncmp(line, "# TYPE ", 7) != 0)
			continue;
		line[strcspn(line + 7, " ") + 7] = '\0';
		if (strstr(known, line) != NULL &&
		    strstr(known, line)[strlen(line)] == '\n')
			fail_msg("twice: %s", line);
		strcat(strcat(known, line), "\n");
		families++;
	}
	assert_in_range(families, 80, 200);
	free(known);
	free(text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(records_become_families),
		cmocka_unit_test(a_family_stands_in_one_place)
	};

	return cmocka_run_group_tests_name("sroamctl_metrics", tests, NULL,
	    NULL);
}
