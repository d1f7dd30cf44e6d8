/* SPDX-License-Identifier: ISC */
/*
 * A peer, version 1 of sroam-flood(7), that has leases to send, and one that
 * receives them behind two routers.
 *
 *	relay	push leases into one router and take them from another; take
 *		all of them as a newcomer; renumber them; then one at a time
 *	push	leases into a router, with a seqno, until it has read them
 *
 * With -N they are of a network: of kind 16.
 */
#include <sys/socket.h>

#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "station.h"
#include "util.h"

#define UPDATE_LEN	20		/* of a lease without a network */
#define NETWORK		16		/* kind */
#define NETWORK_MAX	17		/* kind, length, name */
#define LIFETIME	1800
#define PATIENCE	30000		/* ms without progress */
#define SINGLES		1000

/* Half a session: what is left to send, what arrived and is not read. */
struct peer {
	int		 fd;
	const uint8_t	*out;
	size_t		 outlen;
	uint8_t		 in[65536];
	size_t		 inlen;
	bool		 greeted;
};

/* When how many of the leases of one round had arrived. */
struct count {
	uint32_t	wanted, have;
	uint16_t	seqno;
	uint64_t	start, tenth, ninth, end;	/* ns */
};

static void	usage(void) __attribute__((noreturn));
static void	relay(uint32_t, char **);
static void	push(uint32_t, char **, uint16_t);
static void	round_trip(struct peer *, struct peer *, struct count *);
static void	dump(char **, struct count *);
static void	singles(struct peer *, struct peer *, uint32_t, uint64_t *);
static size_t	write_leases(uint8_t *, uint32_t, uint32_t, uint16_t);
static void	peer_open(struct peer *, char **);
static void	peer_write(struct peer *);
static void	peer_read(struct peer *, struct count *);
static void	take(const uint8_t *, size_t, struct count *);
static void	print_count(const char *, const struct count *);

static const uint8_t	handshake[4] = { 44, 1, 0, 0 };
static uint8_t		 network[NETWORK_MAX];	/* before the plain key */
static uint8_t		 nnetwork;		/* octets of that */
static uint8_t		*leases;	/* the octets of one round */

int
main(int argc, char **argv)
{
	uint32_t n;
	int ch;

	signal(SIGPIPE, SIG_IGN);
	while ((ch = getopt(argc, argv, "N:")) != -1) {
		if (ch != 'N' || strlen(optarg) > NETWORK_MAX - 2)
			usage();
		network[0] = NETWORK;
		network[1] = (uint8_t)strlen(optarg);
		memcpy(network + 2, optarg, network[1]);
		nnetwork = (uint8_t)(2 + network[1]);
	}
	argc -= optind - 1;
	argv += optind - 1;
	if (argc < 3)
		usage();
	n = (uint32_t)strtoul(argv[2], NULL, 10);
	leases = malloc((size_t)n * (UPDATE_LEN + nnetwork) +
	    sizeof(handshake));
	if (leases == NULL)
		err(1, NULL);
	if (strcmp(argv[1], "relay") == 0 && argc == 7)
		relay(n, argv + 3);
	else if (strcmp(argv[1], "push") == 0 && (argc == 5 || argc == 6))
		push(n, argv + 3, argc == 6 ? (uint16_t)strtoul(argv[5], NULL,
		    10) : 1);
	else
		usage();
	return 0;
}

static void
usage(void)
{
	fprintf(stderr, "usage: flood [-N network] relay leases address port "
	    "address port\n"
	    "       flood [-N network] push leases address port [seqno]\n");
	exit(1);
}

static void
relay(uint32_t n, char **where)
{
	struct count first = { .wanted = n, .seqno = 1 };
	struct count newcomer = { .wanted = n, .seqno = 1 };
	struct count again = { .wanted = n, .seqno = 2 };
	static struct peer from, to;
	uint64_t took[SINGLES];

	peer_open(&from, where);
	peer_open(&to, where + 2);
	write_leases(leases, 0, n, 1);
	round_trip(&from, &to, &first);
	dump(where + 2, &newcomer);
	write_leases(leases, 0, n, 2);
	round_trip(&from, &to, &again);
	singles(&from, &to, n, took);
	sort64(took, SINGLES);

	printf("{");
	print_count("new", &first);
	print_count("dump", &newcomer);
	print_count("changed", &again);
	printf("\"single_p50_us\": %.1f, \"single_p99_us\": %.1f}\n",
	    percentile_us(took, SINGLES, 0.5),
	    percentile_us(took, SINGLES, 0.99));
}

static void
print_count(const char *name, const struct count *c)
{
	double tenth = (double)c->wanted / 10;

	printf("\"%s\": {\"seconds\": %.4f, \"rate\": %.0f, "
	    "\"first_tenth\": %.0f, \"last_tenth\": %.0f}, ", name,
	    (double)(c->end - c->start) / 1e9,
	    c->wanted / ((double)(c->end - c->start) / 1e9),
	    tenth / ((double)(c->tenth - c->start) / 1e9),
	    tenth / ((double)(c->end - c->ninth) / 1e9));
}

static void
push(uint32_t n, char **where, uint16_t seqno)
{
	static struct peer peer;
	struct pollfd pfd = { .events = POLLIN };
	ssize_t got;

	peer_open(&peer, where);
	peer.out = leases;
	peer.outlen = write_leases(leases, 0, n, seqno);
	pfd.fd = peer.fd;
	while (peer.outlen > 0) {
		pfd.events = POLLIN | POLLOUT;
		if (poll(&pfd, 1, PATIENCE) <= 0)
			errx(1, "push: no progress");
		if (pfd.revents & POLLIN)
			peer_read(&peer, NULL);
		peer_write(&peer);
	}
	/* Once the other side closes, too, it has read all. */
	shutdown(peer.fd, SHUT_WR);
	pfd.events = POLLIN;
	do {
		if (poll(&pfd, 1, PATIENCE) <= 0)
			errx(1, "push: no end");
		got = read(peer.fd, peer.in, sizeof(peer.in));
	} while (got > 0 || (got == -1 && errno == EAGAIN));
}

static void
round_trip(struct peer *from, struct peer *to, struct count *count)
{
	struct pollfd pfd[2] = { { .fd = from->fd }, { .fd = to->fd } };

	from->out = leases;
	from->outlen = (size_t)count->wanted * (UPDATE_LEN + nnetwork);
	count->start = now_ns();
	while (count->have < count->wanted) {
		pfd[0].events = POLLIN;
		if (from->outlen > 0)
			pfd[0].events |= POLLOUT;
		pfd[1].events = POLLIN;
		if (poll(pfd, 2, PATIENCE) <= 0)
			errx(1, "relay: %u of %u leases, and no more",
			    count->have, count->wanted);
		if (pfd[0].revents & POLLIN)
			peer_read(from, NULL);
		if (pfd[0].revents & POLLOUT)
			peer_write(from);
		if (pfd[1].revents)
			peer_read(to, count);
	}
}

static void
dump(char **where, struct count *count)
{
	static struct peer newcomer;
	struct pollfd pfd = { .events = POLLIN };

	count->start = now_ns();
	peer_open(&newcomer, where);
	pfd.fd = newcomer.fd;
	while (count->have < count->wanted) {
		if (poll(&pfd, 1, PATIENCE) <= 0)
			errx(1, "dump: %u of %u leases, and no more",
			    count->have, count->wanted);
		peer_read(&newcomer, count);
	}
	close(newcomer.fd);
}

static void
singles(struct peer *from, struct peer *to, uint32_t n, uint64_t *took)
{
	struct pollfd pfd = { .fd = to->fd, .events = POLLIN };
	uint32_t i, step = n / SINGLES > 0 ? n / SINGLES : 1;

	for (i = 0; i < SINGLES; i++) {
		struct count count = { .wanted = 1, .seqno = 3 };

		from->out = leases;
		from->outlen = write_leases(leases, i * step, i * step + 1, 3);
		count.start = now_ns();
		peer_write(from);
		while (count.have < count.wanted) {
			if (poll(&pfd, 1, PATIENCE) <= 0)
				errx(1, "relay: one update went missing");
			peer_read(to, &count);
		}
		took[i] = count.end - count.start;
	}
}

/* The leases from..to; how many octets. */
static size_t
write_leases(uint8_t *p, uint32_t from, uint32_t to, uint16_t seqno)
{
	const uint8_t *start = p;
	uint32_t i;

	for (i = from; i < to; i++) {
		const uint8_t mac[6] = STATION_MAC(i);
		uint32_t addr = htonl(STATION_ADDR(i));
		uint32_t lifetime = htonl(LIFETIME);
		uint16_t seq = htons(seqno);

		*p++ = 2;
		*p++ = (uint8_t)(UPDATE_LEN - 2 + nnetwork);
		p = mempcpy(p, &seq, sizeof(seq));
		p = mempcpy(p, &lifetime, sizeof(lifetime));
		*p++ = (uint8_t)(nnetwork + 5);
		p = mempcpy(p, network, nnetwork);
		*p++ = 0;
		p = mempcpy(p, &addr, sizeof(addr));
		p = mempcpy(p, mac, sizeof(mac));
	}
	return (size_t)(p - start);
}

static void
peer_open(struct peer *peer, char **where)
{
	memset(peer, 0, sizeof(*peer));
	peer->fd = tcp_dial(where[0], where[1]);
	if (write(peer->fd, handshake, sizeof(handshake)) !=
	    sizeof(handshake))
		err(1, "handshake");
}

static void
peer_write(struct peer *peer)
{
	ssize_t n;

	n = write(peer->fd, peer->out, peer->outlen);
	if (n == -1 && errno != EAGAIN)
		err(1, "write");
	if (n > 0) {
		peer->out += n;
		peer->outlen -= (size_t)n;
	}
}

static void
peer_read(struct peer *peer, struct count *count)
{
	const uint8_t *p, *end;
	ssize_t n;

	n = read(peer->fd, peer->in + peer->inlen,
	    sizeof(peer->in) - peer->inlen);
	if (n == -1 && errno == EAGAIN)
		return;
	if (n <= 0)
		errx(1, "the router hung up");
	peer->inlen += (size_t)n;
	p = peer->in;
	end = p + peer->inlen;
	if (!peer->greeted && peer->inlen >= sizeof(handshake)) {
		p += sizeof(handshake);
		peer->greeted = true;
	}
	while (peer->greeted && p < end) {
		if (*p == 0) {
			p++;
			continue;
		}
		if (end - p < 2 || end - p < 2 + p[1])
			break;
		if (p[0] == 2 && count != NULL)
			take(p + 2, p[1], count);
		p += 2 + p[1];
	}
	peer->inlen = (size_t)(end - p);
	memmove(peer->in, p, peer->inlen);
}

static void
take(const uint8_t *body, size_t len, struct count *count)
{
	if (len != UPDATE_LEN - 2U + nnetwork || body[6] != nnetwork + 5 ||
	    memcmp(body + 7, network, nnetwork) != 0 ||
	    body[7 + nnetwork] != 0 || (body[0] << 8 | body[1]) != count->seqno)
		return;
	count->have++;
	if (count->have == count->wanted / 10)
		count->tenth = now_ns();
	if (count->have == count->wanted - count->wanted / 10)
		count->ninth = now_ns();
	if (count->have == count->wanted)
		count->end = now_ns();
}
