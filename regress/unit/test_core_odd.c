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
static int			 lease_lives(struct node *,
				    const struct addr *);
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

static int
lease_lives(struct node *node, const struct addr *addr)
{
	struct update u, found;

	make_update(&u, DATUM_LEASE4, addr_v4(addr), 4, NULL, 0, 1, 600);
	return find_datum(node, &u, &found) && found.lifetime > 0;
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

/* Only a host, and one with an IPv4 address, wherever it asks from. */
static void
bootp_is_for_hosts_of_the_configuration(void **state)
{
	static const struct {
		const char	*addr;		/* of the host; NULL: no host */
		const char	*giaddr, *ciaddr;
		uint8_t		 answer;
	} rows[] = {
		{ "192.168.44.60", NULL, NULL, DHCP_BOOTP },
		{ "192.168.44.60", NULL, "192.168.44.60", DHCP_BOOTP },
		{ "192.168.44.60", "10.1.1.2", NULL, DHCP_BOOTP },
		{ "192.168.44.60", "10.1.1.3", NULL, 0 },
		{ "", NULL, NULL, 0 },		/* it has a prefix only */
		{ NULL, NULL, NULL, 0 }
	};
	const struct dhcp_reply *reply;
	struct ctl_status status;
	struct conf_host host;
	struct row row;
	struct node *node;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		node = node_new(1, POOL);
		node->conf->networks[0].relays[0] = addr_of("10.1.1.2");
		node->conf->networks[0].nrelays = 1;
		memset(&host, 0, sizeof(host));
		strlcpy(host.name, "plc", sizeof(host.name));
		host.mac = station(1);
		if (rows[i].addr != NULL && rows[i].addr[0] != '\0')
			host.addr = addr_of(rows[i].addr);
		if (rows[i].addr != NULL)
			assert_int_equal(conf_add_host(node->conf, &host), 0);
		core_conf(node->core, node->conf, now);
		memset(&row, 0, sizeof(row));
		row.giaddr = rows[i].giaddr;
		row.ciaddr = rows[i].ciaddr;
		reply = ask(node, DHCP_BOOTP, &row);
		assert_int_equal(reply != NULL ? reply->type : 0,
		    rows[i].answer);
		core_show_status(node->core, &status, now);
		assert_int_equal(status.dhcp_dropped, rows[i].answer == 0);
		assert_int_equal(status.leases4, rows[i].answer != 0);
		if (reply != NULL) {
			assert_int_equal(addr_cmp(&reply->yiaddr, &host.addr),
			    0);
			assert_int_equal(reply->lease, 0);
			assert_string_equal(reply->host, "plc");
		}
		node_free(node);
	}
}

/* It never renews, and has the route as long as it answers to its address. */
static void
a_host_keeps_what_it_has_as_long_as_it_is_heard(void **state)
{
	struct node *node = node_new(1, POOL);
	struct conf_host host = { .name = "plc", .mac = station(1),
	    .addr = addr_of("192.168.44.60") };
	const struct row row = { .ciaddr = NULL };
	const struct addr other = addr_of("192.168.44.61");
	int minutes, keeps;

	(void)state;
	assert_int_equal(conf_add_host(node->conf, &host), 0);
	core_conf(node->core, node->conf, now);
	sight(node, 1, SIGHTING_JOINED);
	assert_non_null(ask(node, DHCP_BOOTP, &row));
	for (keeps = 1; keeps >= 0; keeps--) {
		for (minutes = 0; minutes < 120; minutes++) {
			node->n = 0;
			pass(node, 20000);
			hear(node, 1, HEARD_ARP_REPLY, keeps ? &host.addr :
			    &other);
			pass(node, 40000);
		}
		assert_int_equal(lease_lives(node, &host.addr), keeps);
	}
	/* It is its own: a frame is enough for it to begin again. */
	hear(node, 1, HEARD_ARP, &host.addr);
	assert_int_equal(lease_lives(node, &host.addr), 1);
	node_free(node);
}

/* Station 3 sends, with the MAC address of another in the message. */
static void
a_repeater_takes_nothing_of_who_has_that_address(void **state)
{
	static const struct {
		int		 behind;
		uint8_t		 type;
		const char	*ciaddr, *requested;
		uint8_t		 answer;
		int		 chaddr;	/* whom it is for */
	} rows[] = {
		/* A renewal, by another way than the lease was got. */
		{ 1, DHCP_REQUEST, OWN, NULL, DHCP_ACK, 1 },
		{ 1, DHCP_REQUEST, OTHERS, NULL, DHCP_NAK, 3 },
		{ 9, DHCP_REQUEST, OWN, NULL, DHCP_NAK, 3 },
		{ 1, DHCP_REQUEST, NULL, OWN, DHCP_NAK, 3 },
		{ 1, DHCP_DISCOVER, NULL, OWN, DHCP_OFFER, 3 },
		{ 1, DHCP_RELEASE, OWN, NULL, 0, 0 },
		{ 1, DHCP_DECLINE, NULL, OWN, 0, 0 }
	};
	const struct dhcp_reply *reply;
	struct dhcp_request req;
	struct addr own = addr_of(OWN);
	struct mac mac;
	struct node *node;
	size_t i;
	int n;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		node = node_with_leases();
		memset(&req, 0, sizeof(req));
		req.ifindex = IFINDEX;
		req.type = rows[i].type;
		req.chaddr = req.source_mac = station(3);
		req.behind = station(rows[i].behind);
		req.repeated = DHCP_REPEATED_BARE;
		req.client_idlen = 7;
		req.ciaddr = req.source = addr_of(rows[i].ciaddr);
		req.requested = addr_of(rows[i].requested);
		n = node->n;
		core_dhcp(node->core, &req, now);
		for (reply = NULL; n < node->n; n++)
			if (node->seen[n].type == EFFECT_DHCP_REPLY)
				reply = &node->seen[n].reply;
		assert_int_equal(reply != NULL ? reply->type : 0,
		    rows[i].answer);
		if (reply != NULL) {
			mac = station(rows[i].chaddr);
			assert_int_equal(mac_cmp(&reply->to.chaddr, &mac), 0);
			if (reply->type == DHCP_OFFER)
				assert_int_not_equal(addr_cmp(&reply->yiaddr,
				    &own), 0);
		}
		pass(node, 5000);
		assert_int_equal(dhcp(node, 1, DHCP_REQUEST, &own, 0)->type,
		    DHCP_ACK);
		node_free(node);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_inform_is_answered_where_its_address_is),
		cmocka_unit_test(a_renewal_that_names_a_server_is_a_renewal),
		cmocka_unit_test(
		    a_repeater_takes_nothing_of_who_has_that_address),
		cmocka_unit_test(bootp_is_for_hosts_of_the_configuration),
		cmocka_unit_test(
		    a_host_keeps_what_it_has_as_long_as_it_is_heard),
	};

	return cmocka_run_group_tests_name("core_odd", tests, NULL, NULL);
}
