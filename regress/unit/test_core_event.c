/* SPDX-License-Identifier: ISC */
/*
 * What is told to listeners of stations, leases and routers, at the router that
 * has them and at another one.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core_node.h"
#include "table/effect.h"
#include "table/state.h"

#define POOL	"192.168.44.0/24"
#define TOLD	512

static const char *const words[CTL_EVENTS] = {
#define WORD(name, word, told)	[CTL_EVENT_##name] = word,
	CTL_EVENT_LIST(WORD)
#undef WORD
};

/*
 * The events since the last call, as "roam 7 1 <1 >2": station 7 with one
 * lease, from router 1 to 2.  Of leases those of IPv4.
 */
static const char *
told(struct node *node, enum ctl_subject about)
{
	static char text[TOLD];
	const struct ctl_event *e;
	size_t n = 0;
	int i;

	text[0] = '\0';
	for (i = 0; i < node->n; i++) {
		e = &node->seen[i].event;
		if (node->seen[i].type != EFFECT_EVENT || e->about != about ||
		    e->type == CTL_EVENT_RENEW ||
		    (about == CTL_ABOUT_LEASE &&
		    !addr_is_v4(&e->prefixes[0].addr)))
			continue;
		n += (size_t)snprintf(text + n, sizeof(text) - n,
		    "%s%s %u %u", n > 0 ? ", " : "", words[e->type],
		    e->mac.octet[5], e->nprefixes);
		if (e->from.octet[7] != 0)
			n += (size_t)snprintf(text + n, sizeof(text) - n,
			    " <%u", e->from.octet[7]);
		if (e->router.octet[7] != 0)
			n += (size_t)snprintf(text + n, sizeof(text) - n,
			    " >%u", e->router.octet[7]);
	}
	node->n = 0;
	return text;
}

/* Two routers with a session, started; both are listened to. */
struct fixture {
	struct node	*a, *b;
};

static int
setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	now = (monotime_t){ 1000000000 };
	assert_non_null(f);
	f->a = node_new(1, POOL);
	f->b = node_new(2, POOL);
	peering(f->a, f->b, 7);
	pass(f->a, 20000);
	carry(f->a, f->b, 7);
	pass(f->b, 20000);
	core_listen(f->a->core, true);
	core_listen(f->b->core, true);
	f->a->n = f->b->n = 0;
	*state = f;
	return 0;
}

static int
teardown(void **state)
{
	struct fixture *f = *state;

	node_free(f->a);
	node_free(f->b);
	free(f);
	return 0;
}

static void
expect(struct fixture *f, enum ctl_subject about, const char *at_a,
    const char *at_b)
{
	carry(f->a, f->b, 7);
	assert_string_equal(told(f->a, about), at_a);
	assert_string_equal(told(f->b, about), at_b);
}

static void
a_station_comes_roams_and_leaves(void **state)
{
	struct fixture *f = *state;

	sight(f->a, 7, SIGHTING_JOINED);
	expect(f, CTL_ABOUT_STATION, "join 7 0 >1", "join 7 0 >1");
	pass(f->a, 2000);
	pass(f->b, 2000);
	sight(f->b, 7, SIGHTING_JOINED);
	expect(f, CTL_ABOUT_STATION, "roam 7 1 <1 >2", "roam 7 1 <1 >2");
	sight(f->b, 7, SIGHTING_LEFT);
	pass(f->b, 60000);
	expect(f, CTL_ABOUT_STATION, "leave 7 1 <2", "leave 7 1 <2");
}

static void
a_lease_is_given_renewed_released_and_expires(void **state)
{
	struct fixture *f = *state;
	struct addr addr, none;
	const struct dhcp_reply *reply;

	addr_parse("0.0.0.0", &none);
	sight(f->a, 7, SIGHTING_JOINED);
	addr = obtain(f->a, 7);
	expect(f, CTL_ABOUT_LEASE, "lease 7 1 >1", "lease 7 1 >1");
	pass(f->a, 1000);
	reply = dhcp(f->a, 7, DHCP_REQUEST, &addr, 0);
	assert_non_null(reply);
	expect(f, CTL_ABOUT_LEASE, "", "");
	(void)dhcp(f->a, 7, DHCP_RELEASE, &addr, 0);
	pass(f->a, 10000);
	expect(f, CTL_ABOUT_LEASE, "release 7 1 >1", "release 7 1 >1");
	addr = obtain(f->a, 7);
	expect(f, CTL_ABOUT_LEASE, "lease 7 1 >1", "lease 7 1 >1");
	pass(f->a, 1000LL * 86400);
	pass(f->b, 1);
	assert_non_null(strstr(told(f->a, CTL_ABOUT_LEASE), "expire 7 1"));
	assert_non_null(strstr(told(f->b, CTL_ABOUT_LEASE), "expire 7 1"));
}

static void
a_declined_address_and_the_next_one(void **state)
{
	struct fixture *f = *state;
	struct addr addr;

	sight(f->a, 7, SIGHTING_JOINED);
	addr = obtain(f->a, 7);
	f->a->n = 0;
	(void)dhcp(f->a, 7, DHCP_DECLINE, &addr, 0);
	pass(f->a, 5000);
	expect(f, CTL_ABOUT_LEASE, "decline 0 1", "decline 0 1");
	(void)obtain(f->a, 7);
	expect(f, CTL_ABOUT_LEASE, "lease 7 1 >1", "lease 7 1 >1");
}

static void
a_router_falls_silent_and_is_back(void **state)
{
	struct fixture *f = *state;

	core_peer_down(f->a->core, 7, now);
	core_peer_down(f->b->core, 7, now);
	f->a->n = 0;
	pass(f->a, 1000LL * 7200);
	assert_string_equal(told(f->a, CTL_ABOUT_ROUTER),
	    "router-silent 0 0 >2");
	pass(f->b, 1);
	peering(f->a, f->b, 7);
	pass(f->b, 2000);
	carry(f->a, f->b, 7);
	assert_string_equal(told(f->a, CTL_ABOUT_ROUTER), "router-up 0 0 >2");
}

/* Where nobody listens nothing is told, and what is told changes nothing. */
static void
without_listeners_nothing_is_told(void **state)
{
	struct fixture *f = *state;

	core_listen(f->a->core, false);
	sight(f->a, 7, SIGHTING_JOINED);
	(void)obtain(f->a, 7);
	carry(f->a, f->b, 7);
	assert_int_equal(count(f->a, EFFECT_EVENT), 0);
	assert_int_not_equal(count(f->b, EFFECT_EVENT), 0);
}

#define TEST(t)	cmocka_unit_test_setup_teardown(t, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_station_comes_roams_and_leaves),
		TEST(a_lease_is_given_renewed_released_and_expires),
		TEST(a_declined_address_and_the_next_one),
		TEST(a_router_falls_silent_and_is_back),
		TEST(without_listeners_nothing_is_told),
	};

	return cmocka_run_group_tests_name("core events", tests, NULL, NULL);
}
