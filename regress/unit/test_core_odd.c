/* SPDX-License-Identifier: ISC */
/*
 * Requests that no RFC has in this form, and that devices send: where the
 * answer goes, or why there is none.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core_node.h"

#define POOL	"192.168.44.0/24"
#define OWN	"192.168.44.77"		/* of station 1 */
#define OTHERS	"192.168.44.88"		/* of station 2 */
#define NOBODYS	"192.168.44.99"
#define US	"192.168.44.1"
#define GONE	"192.168.44.254"	/* a server */

struct row {
	const char	*ciaddr, *source, *requested, *server, *giaddr;
	uint8_t		 answer;	/* 0: none */
	const char	*to;		/* the answer's ciaddr */
};

static struct addr		 addr_of(const char *);
static struct node		*node_with_leases(void);
static const struct dhcp_reply	*ask(struct node *, uint8_t,
				    const struct row *);
static void			 check(uint8_t, const struct row *, size_t);

static struct addr
addr_of(const char *text)
{
	struct addr addr = addr_none;

	if (text != NULL)
		assert_int_equal(addr_parse(text, &addr), 0);
	return addr;
}

static struct node *
node_with_leases(void)
{
	struct node *node = node_new(1, POOL);
	struct conf_network *net = &node->conf->networks[0];
	struct addr own = addr_of(OWN), others = addr_of(OTHERS);

	net->relays[net->nrelays++] = addr_of("10.1.1.2");
	core_conf(node->core, node->conf, now);
	assert_int_equal(dhcp(node, 1, DHCP_REQUEST, &own, 0)->type, DHCP_ACK);
	assert_int_equal(dhcp(node, 2, DHCP_REQUEST, &others, 0)->type,
	    DHCP_ACK);
	return node;
}

static const struct dhcp_reply *
ask(struct node *node, uint8_t type, const struct row *row)
{
	struct dhcp_request req;
	int n = node->n;

	memset(&req, 0, sizeof(req));
	req.ifindex = IFINDEX;
	req.type = type;
	req.chaddr = req.source_mac = station(1);
	req.ciaddr = addr_of(row->ciaddr);
	req.source = addr_of(row->source);
	req.requested = addr_of(row->requested);
	req.server = addr_of(row->server);
	req.giaddr = addr_of(row->giaddr);
	core_dhcp(node->core, &req, now);
	for (; n < node->n; n++)
		if (node->seen[n].type == EFFECT_DHCP_REPLY)
			return &node->seen[n].reply;
	return NULL;
}

static void
check(uint8_t type, const struct row *rows, size_t n)
{
	const struct dhcp_reply *reply;
	struct node *node;
	struct addr to;
	size_t i;

	for (i = 0; i < n; i++) {
		node = node_with_leases();
		reply = ask(node, type, &rows[i]);
		if ((reply != NULL ? reply->type : 0) != rows[i].answer)
			fail_msg("row %zu: %d", i, reply != NULL ?
			    reply->type : 0);
		to = addr_of(rows[i].to);
		if (reply != NULL && rows[i].to != NULL)
			assert_int_equal(addr_cmp(&reply->to.ciaddr, &to), 0);
		node_free(node);
	}
}

static void
an_inform_is_answered_where_its_address_is(void **state)
{
	static const struct row rows[] = {
		{ OWN, OWN, NULL, NULL, NULL, DHCP_ACK, OWN },
		{ OWN, NULL, NULL, NULL, NULL, DHCP_ACK, OWN },
		{ NULL, OWN, NULL, NULL, NULL, DHCP_ACK, OWN },
		{ NOBODYS, NOBODYS, NULL, NULL, NULL, DHCP_ACK, NOBODYS },
		{ NOBODYS, NULL, NULL, NULL, NULL, DHCP_ACK, NOBODYS },
		{ NULL, NOBODYS, NULL, NULL, NULL, DHCP_ACK, NOBODYS },
		{ NULL, NULL, NULL, NULL, NULL, 0, NULL },
		{ OTHERS, NULL, NULL, NULL, NULL, 0, NULL },
		{ OWN, NOBODYS, NULL, NULL, NULL, 0, NULL },
		/* The source is the relay's. */
		{ OWN, "10.1.1.2", NULL, NULL, "10.1.1.2", DHCP_ACK, OWN },
		{ NULL, "10.1.1.2", NULL, NULL, "10.1.1.2", 0, NULL },
		{ OWN, OWN, NULL, GONE, NULL, DHCP_ACK, OWN }
	};

	(void)state;
	check(DHCP_INFORM, rows, sizeof(rows) / sizeof(rows[0]));
}

/* Whoever has an address has no other offer to take. */
static void
a_renewal_that_names_a_server_is_a_renewal(void **state)
{
	static const struct row rows[] = {
		{ OWN, OWN, NULL, NULL, NULL, DHCP_ACK, OWN },
		{ OWN, OWN, NULL, US, NULL, DHCP_ACK, OWN },
		{ OWN, OWN, NULL, GONE, NULL, DHCP_ACK, OWN },
		{ OWN, NULL, NULL, GONE, NULL, DHCP_ACK, OWN },
		{ OWN, OWN, OWN, GONE, NULL, DHCP_ACK, OWN },
		{ OTHERS, OTHERS, NULL, GONE, NULL, DHCP_NAK, NULL },
		{ "10.9.9.9", "10.9.9.9", NULL, GONE, NULL, DHCP_NAK, NULL },
		/* It takes the offer of another server, or ours. */
		{ NULL, NULL, OWN, GONE, NULL, 0, NULL },
		{ NULL, NULL, OWN, US, NULL, DHCP_ACK, NULL },
		{ NULL, NULL, NULL, GONE, NULL, 0, NULL }
	};

	(void)state;
	check(DHCP_REQUEST, rows, sizeof(rows) / sizeof(rows[0]));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_inform_is_answered_where_its_address_is),
		cmocka_unit_test(a_renewal_that_names_a_server_is_a_renewal),
	};

	return cmocka_run_group_tests_name("core_odd", tests, NULL, NULL);
}
