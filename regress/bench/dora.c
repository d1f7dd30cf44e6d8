/* SPDX-License-Identifier: ISC */
/*
 * Many stations ask for an address, DISCOVER to ACK, a limited number at a
 * time: as soon as one has its lease the next begins.  Each has a MAC address
 * of its own, repeats a message that is not answered, and gives up.  With -6
 * it also solicits a router, with its first message, and does not wait for the
 * answer.  The result is one JSON object.
 */
#include <sys/queue.h>

#include <arpa/inet.h>
#include <err.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "packet.h"
#include "station.h"
#include "util.h"

#define PATIENCE	1000000000ull	/* ns before a message is repeated */
#define MARK		1000		/* leases over which a rate is taken */

enum state {
	FRESH,
	SELECTING,
	REQUESTING,
	BOUND,
	FAILED
};

struct station {
	/* waiting for an answer, oldest first */
	TAILQ_ENTRY(station)	entry;
	uint64_t		began, sent, took;	/* ns */
	uint32_t		addr, server;	/* network order */
	uint8_t			state;
	uint8_t			tries;
};

static void	usage(void) __attribute__((noreturn));
static bool	run(int, uint64_t);
static void	begin(int, uint64_t);
static void	solicit(int, const struct station *);
static void	mac_of(const struct station *, uint8_t *);
static void	ask(int, struct station *, int, uint64_t);
static void	repeat(int, uint64_t);
static void	take(int, const struct bootp *, size_t, uint64_t);
static void	bound(struct station *, uint64_t);
static void	leave(struct station *, enum state);
static void	report(uint64_t, bool);
static int	cmp32(const void *, const void *);
static size_t	duplicates(void);
static double	rate_at(size_t);

static TAILQ_HEAD(, station)	waiting = TAILQ_HEAD_INITIALIZER(waiting);
static struct station		*stations;
/* when the nth lease was there */
static uint64_t			*done_at;
static struct packet_batch	in, out;
static struct bootp		template;
static uint32_t			nstations = 20000, window = 64, first = 1;
static uint32_t			max_tries = 4;	/* of each message */
static bool			ipv6;
static uint32_t			started, active, nbound, nfailed;
static uint32_t			offers, acks, naks, timeouts, strange;

int
main(int argc, char **argv)
{
	uint64_t limit = 60, start;
	bool broadcast = false, complete;
	int ch, fd;

	while ((ch = getopt(argc, argv, "6bf:n:r:t:w:")) != -1) {
		switch (ch) {
		case '6':
			ipv6 = true;
			break;
		case 'b':
			broadcast = true;
			break;
		case 'f':
			first = (uint32_t)strtoul(optarg, NULL, 10);
			break;
		case 'n':
			nstations = (uint32_t)strtoul(optarg, NULL, 10);
			break;
		case 'r':
			max_tries = (uint32_t)strtoul(optarg, NULL, 10);
			break;
		case 't':
			limit = strtoull(optarg, NULL, 10);
			break;
		case 'w':
			window = (uint32_t)strtoul(optarg, NULL, 10);
			break;
		default:
			usage();
		}
	}
	if (argc - optind != 1 || nstations == 0 || window == 0)
		usage();
	stations = calloc(nstations, sizeof(*stations));
	done_at = calloc(nstations, sizeof(*done_at));
	if (stations == NULL || done_at == NULL)
		err(1, NULL);
	packet_batch_init(&in);
	packet_batch_init(&out);
	bootp_init(&template, 1, 68, 67);
	memset(template.dst, 0xff, 6);
	template.ip_dst = 0xffffffff;
	template.flags = broadcast ? htons(0x8000) : 0;
	fd = packet_open(argv[optind], 68);

	start = now_ns();
	complete = run(fd, start + limit * 1000000000ull);
	report(start, complete);
	return 0;
}

static void
usage(void)
{
	fprintf(stderr, "usage: dora [-6b] [-f first] [-n stations] [-r tries] "
	    "[-t seconds] [-w window] interface\n");
	exit(1);
}

/* Whether all ended before the time was over. */
static bool
run(int fd, uint64_t end)
{
	struct pollfd pfd = { .fd = fd, .events = POLLIN };
	uint64_t now = now_ns();
	unsigned int i;

	while (nbound + nfailed < nstations) {
		if (now > end)
			return false;
		repeat(fd, now);
		begin(fd, now);
		packet_flush(fd, &out);
		if (poll(&pfd, 1, 20) == -1)
			err(1, "poll");
		now = now_ns();
		while (packet_read(fd, &in) > 0) {
			now = now_ns();
			for (i = 0; i < in.n; i++)
				take(fd, (const void *)in.data[i],
				    packet_len(&in, i), now);
			begin(fd, now);
			packet_flush(fd, &out);
		}
	}
	return true;
}

static void
begin(int fd, uint64_t now)
{
	struct station *s;

	while (active < window && started < nstations) {
		s = &stations[started++];
		active++;
		s->began = now;
		s->state = SELECTING;
		TAILQ_INSERT_TAIL(&waiting, s, entry);
		if (ipv6)
			solicit(fd, s);
		ask(fd, s, BOOTP_DISCOVER, now);
	}
}

/*
 * RFC 4861 4.1, from an unspecified address to ff02::2: the octets, and so the
 * checksum, are the same for all.
 */
static void
solicit(int fd, const struct station *s)
{
	static const uint8_t packet[] = {
		0x86, 0xdd,
		0x60, 0, 0, 0, 0, 8, 58, 255,
		0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
		0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2,
		133, 0, 0x7b, 0xb8, 0, 0, 0, 0
	};
	uint8_t *p = packet_add(fd, &out, 12 + sizeof(packet));

	p = mempcpy(p, "\x33\x33\0\0\0\2", 6);
	mac_of(s, p);
	memcpy(p + 6, packet, sizeof(packet));
}

static void
mac_of(const struct station *s, uint8_t *mac)
{
	uint32_t n = first + (uint32_t)(s - stations);
	const uint8_t octets[6] = STATION_MAC(n);

	memcpy(mac, octets, sizeof(octets));
}

/* All wait equally long, so the last to ask is at the end. */
static void
ask(int fd, struct station *s, int type, uint64_t now)
{
	struct bootp *b = packet_add(fd, &out, sizeof(*b));
	uint8_t *p;

	*b = template;
	mac_of(s, b->src);
	mac_of(s, b->chaddr);
	b->xid = htonl((uint32_t)(s - stations) + 1);
	p = b->options;
	p = mempcpy(p, "\x35\x01", 2);
	*p++ = (uint8_t)type;
	p = mempcpy(p, "\x3d\x07\x01", 3);
	p = mempcpy(p, b->src, 6);
	p = mempcpy(p, "\x37\x07\x01\x03\x06\x0f\x33\x3a\x3b", 9);
	if (type == BOOTP_REQUEST) {
		p = mempcpy(p, "\x32\x04", 2);
		p = mempcpy(p, &s->addr, 4);
		p = mempcpy(p, "\x36\x04", 2);
		p = mempcpy(p, &s->server, 4);
	}
	*p = 255;
	bootp_checksum(b);
	s->sent = now;
	s->tries++;
	TAILQ_REMOVE(&waiting, s, entry);
	TAILQ_INSERT_TAIL(&waiting, s, entry);
}

static void
repeat(int fd, uint64_t now)
{
	struct station *s;

	while ((s = TAILQ_FIRST(&waiting)) != NULL &&
	    now - s->sent > PATIENCE) {
		timeouts++;
		if (s->tries >= max_tries) {
			nfailed++;
			leave(s, FAILED);
		} else
			ask(fd, s, s->state == SELECTING ? BOOTP_DISCOVER :
			    BOOTP_REQUEST, now);
	}
}

static void
take(int fd, const struct bootp *b, size_t len, uint64_t now)
{
	int type = bootp_type(b, len, 68);
	uint32_t n = type == 0 ? 0 : ntohl(b->xid);
	const uint8_t *server;
	struct station *s;
	uint8_t mac[6], optlen;

	if (n == 0 || n > nstations) {
		strange++;
		return;
	}
	s = &stations[n - 1];
	mac_of(s, mac);
	if (memcmp(b->chaddr, mac, 6) != 0) {
		strange++;
		return;
	}
	if (type == BOOTP_OFFER && s->state == SELECTING) {
		offers++;
		server = bootp_option(b, len, 54, &optlen);
		if (server == NULL || optlen != 4) {
			strange++;
			return;
		}
		s->addr = b->yiaddr;
		memcpy(&s->server, server, 4);
		s->state = REQUESTING;
		s->tries = 0;
		ask(fd, s, BOOTP_REQUEST, now);
	} else if (type == BOOTP_ACK && s->state == REQUESTING) {
		acks++;
		s->addr = b->yiaddr;
		bound(s, now);
	} else if (type == BOOTP_NAK && s->state == REQUESTING) {
		naks++;
		s->state = SELECTING;
		ask(fd, s, BOOTP_DISCOVER, now);
	} else
		strange++;	/* a late answer to what was repeated */
}

static void
bound(struct station *s, uint64_t now)
{
	s->took = now - s->began;
	done_at[nbound++] = now;
	leave(s, BOUND);
}

static void
leave(struct station *s, enum state state)
{
	TAILQ_REMOVE(&waiting, s, entry);
	s->state = state;
	active--;
}

static void
report(uint64_t start, bool complete)
{
	static const size_t marks[] = { 1000, 5000, 10000, 20000 };
	double seconds = 0;
	uint64_t *took;
	size_t i, n = 0;

	took = calloc(nstations, sizeof(*took));
	if (took == NULL)
		err(1, NULL);
	for (i = 0; i < started; i++)
		if (stations[i].state == BOUND)
			took[n++] = stations[i].took;
	sort64(took, n);
	if (nbound > 0)
		seconds = (double)(done_at[nbound - 1] - start) / 1e9;
	printf("{\"stations\": %u, \"leases\": %u, \"complete\": %s, "
	    "\"seconds\": %.4f, \"rate\": %.1f, ", nstations, nbound,
	    complete ? "true" : "false", seconds,
	    seconds > 0 ? nbound / seconds : 0);
	printf("\"offers\": %u, \"acks\": %u, \"naks\": %u, "
	    "\"timeouts\": %u, \"failed\": %u, \"strange\": %u, "
	    "\"duplicates\": %zu, ", offers, acks, naks, timeouts, nfailed,
	    strange, duplicates());
	printf("\"p50_us\": %.1f, \"p99_us\": %.1f, \"max_us\": %.1f, ",
	    percentile_us(took, n, 0.5), percentile_us(took, n, 0.99),
	    percentile_us(took, n, 1));
	printf("\"marks\": {");
	for (i = 0, n = 0; i < sizeof(marks) / sizeof(marks[0]); i++)
		if (marks[i] <= nbound)
			printf("%s\"%zu\": %.1f", n++ ? ", " : "", marks[i],
			    rate_at(marks[i]));
	printf("}}\n");
	free(took);
}

/* The rate of the leases just before that number was reached. */
static double
rate_at(size_t n)
{
	uint64_t from;

	from = n == MARK ? stations[0].began : done_at[n - MARK - 1];
	return MARK / ((double)(done_at[n - 1] - from) / 1e9);
}

static int
cmp32(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

/* Addresses that more than one station has: a server's mistake. */
static size_t
duplicates(void)
{
	size_t i, n = 0, twice = 0;
	uint32_t *addrs;

	addrs = calloc(nstations, sizeof(*addrs));
	if (addrs == NULL)
		err(1, NULL);
	for (i = 0; i < started; i++)
		if (stations[i].state == BOUND)
			addrs[n++] = stations[i].addr;
	qsort(addrs, n, sizeof(*addrs), cmp32);
	for (i = 1; i < n; i++)
		twice += addrs[i] == addrs[i - 1];
	free(addrs);
	return twice;
}
