/* SPDX-License-Identifier: ISC */
/* A table that is full: what is new is refused, and has its place later. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "core_node.h"

#define POOL	"192.168.44.0/24"

static void
set_room(struct node *node, uint32_t max_data)
{
	node->conf->global.max_data = max_data;
	core_conf(node->core, node->conf, now);
}

/* What it says of itself is all that it holds. */
static struct node *
full_node(void)
{
	struct node *node = node_new(1, POOL);

	pass(node, 5000);
	set_room(node, 1);
	return node;
}

static int
complaints(const struct node *node)
{
	int i, n = 0;

	for (i = 0; i < node->n; i++)
		n += node->seen[i].type == EFFECT_LOG &&
		    strstr(node->seen[i].text, "the table is full") != NULL;
	return n;
}

static bool
is_located(struct node *node, int i)
{
	struct mac mac = station(i);
	struct update key, u;

	make_update(&key, DATUM_LOCATION, mac.octet, 6, "", 0, 0, 0);
	return find_datum(node, &key, &u);
}

static void
it_is_said_once_an_hour(void **state)
{
	struct node *node = full_node();
	struct addr addr;
	int i;

	(void)state;
	assert_int_equal(complaints(node), 0);
	/* The claim alone: there is no prefix that it could have. */
	node->conf->global.nprefixes = 1;
	core_conf(node->core, node->conf, now);
	for (i = 1; i <= 5; i++)
		sight(node, i, SIGHTING_JOINED);
	assert_int_equal(complaints(node), 1);
	pass(node, 3599 * 1000);
	sight(node, 6, SIGHTING_JOINED);
	assert_int_equal(complaints(node), 1);
	pass(node, 1000);
	sight(node, 7, SIGHTING_JOINED);
	assert_int_equal(complaints(node), 2);
	pass(node, 3600 * 1000);
	node->n = 0;
	(void)addr_parse("192.168.44.7", &addr);
	assert_null(dhcp(node, 8, DHCP_REQUEST, &addr, 0));
	assert_int_equal(complaints(node), 1);
	node_free(node);
}

/* It is here all the same, and nobody need tell of it a second time. */
static void
a_station_is_claimed_when_there_is_room(void **state)
{
	struct node *node = full_node();

	(void)state;
	sight(node, 1, SIGHTING_JOINED);
	assert_false(is_located(node, 1));
	set_room(node, 100);
	pass(node, node->conf->global.probe_interval * 1000LL);
	assert_true(is_located(node, 1));
	node_free(node);
}

static void
a_lease_is_not_given_that_cannot_be_kept(void **state)
{
	struct node *node = full_node();
	const struct dhcp_reply *reply;
	struct ctl_status status;
	struct addr addr;

	(void)state;
	sight(node, 1, SIGHTING_JOINED);
	assert_non_null(reply = dhcp(node, 1, DHCP_DISCOVER, NULL, 0));
	addr = reply->yiaddr;
	assert_null(dhcp(node, 1, DHCP_REQUEST, &addr, 1));
	assert_int_equal(count(node, EFFECT_ADVERT), 0);
	core_show_status(node->core, &status, now);
	assert_int_equal(status.dhcp_dropped, 1);
	assert_int_equal(status.dhcp_acks, 0);
	set_room(node, 100);
	assert_non_null(reply = dhcp(node, 1, DHCP_REQUEST, &addr, 1));
	assert_int_equal(reply->type, DHCP_ACK);
	pass(node, 10000);
	assert_int_equal(count(node, EFFECT_ADVERT) > 0, 1);
	node_free(node);
}

static void
what_stands_is_changed_as_ever(void **state)
{
	struct node *node = node_new(1, POOL);
	struct update u, found;

	(void)state;
	make_update(&u, 77, "a", 1, "1", 1, 1, 60);
	assert_null(core_update(node->core, STRANGER, &u, now));
	set_room(node, 2);
	make_update(&u, 77, "b", 1, "1", 1, 1, 60);
	assert_string_equal(core_update(node->core, STRANGER, &u, now),
	    "the table is full");
	make_update(&u, 77, "a", 1, "2: longer", 9, 2, 60);
	assert_null(core_update(node->core, STRANGER, &u, now));
	assert_true(find_datum(node, &u, &found));
	assert_int_equal(found.vallen, 9);
	/* Its end makes room. */
	pass(node, 61000);
	make_update(&u, 77, "b", 1, "1", 1, 1, 60);
	assert_null(core_update(node->core, STRANGER, &u, now));
	node_free(node);
}

static int
reset(void **state)
{
	(void)state;
	now.us = 1000000;
	return 0;
}

int
main(void)
{
#define TEST(name)	cmocka_unit_test_setup(name, reset)
	const struct CMUnitTest tests[] = {
		TEST(it_is_said_once_an_hour),
		TEST(a_station_is_claimed_when_there_is_room),
		TEST(a_lease_is_not_given_that_cannot_be_kept),
		TEST(what_stands_is_changed_as_ever),
	};

	return cmocka_run_group_tests_name("core_full", tests, NULL, NULL);
}
