/* SPDX-License-Identifier: ISC */
/*
 * A link's frames, from the packet socket to the engine's message, which must
 * be one that the engine takes: else any station could end it.  The first
 * octet says whether the frame comes from this machine, with a checksum that
 * is not done, and what else the link is like; the rest is frames, each behind
 * its length.
 */
#include <sys/socket.h>

#include <event2/event.h>
#include <linux/if_packet.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "frontend/link.h"
#include "fuzz_wire.h"

#define IFINDEX		5

ssize_t	__wrap_recvmsg(int, struct msghdr *, int);

static struct event_base	*base;
static struct links		*links;
static int			 wire;
static const uint8_t		*input;
static size_t			 left;
static uint8_t			 how;

/* The kernel's: a frame of the input, and what it says of it. */
ssize_t
__wrap_recvmsg(int fd, struct msghdr *msg, int flags)
{
	struct tpacket_auxdata aux = { .tp_status = TP_STATUS_USER };
	struct cmsghdr *c = CMSG_FIRSTHDR(msg);
	size_t len;
	char octet;

	(void)flags;
	if (recv(fd, &octet, 1, MSG_DONTWAIT) != 1 || left < 2)
		return -1;
	len = (size_t)input[0] << 8 | input[1];
	input += 2;
	left -= 2;
	if (len > left)
		len = left;
	if (len > msg->msg_iov[0].iov_len)
		len = msg->msg_iov[0].iov_len;
	memcpy(msg->msg_iov[0].iov_base, input, len);
	input += len;
	left -= len;
	if (how & 1)
		aux.tp_status |= TP_STATUS_CSUMNOTREADY;
	CHECK(c != NULL && msg->msg_controllen >= CMSG_SPACE(sizeof(aux)));
	c->cmsg_level = SOL_PACKET;
	c->cmsg_type = PACKET_AUXDATA;
	c->cmsg_len = CMSG_LEN(sizeof(aux));
	memcpy(CMSG_DATA(c), &aux, sizeof(aux));
	return (ssize_t)len;
}

static void
message(void *arg, uint32_t type, const void *data, size_t len)
{
	const struct imsg imsg = { type, 0, (uint32_t)len, -1, data };

	(void)arg;
	CHECK(ipc_check(&imsg, PROC_FRONTEND, PROC_ENGINE) == NULL);
}

static bool
busy(void *arg)
{
	(void)arg;
	return false;
}

static void
start(void)
{
	static const struct links_ops ops = { message, busy, NULL };
	struct ipc_link_socket what = { .ifindex = IFINDEX };
	struct link link = fuzz_link();
	int sv[2];

	base = event_base_new();
	links = links_new(base, &ops, 1);
	CHECK(links != NULL);
	CHECK(socketpair(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0, sv) == 0);
	wire = sv[0];
	strlcpy(link.name, "roam0", sizeof(link.name));
	link.up = true;
	links_update(links, &link);
	for (what.kind = 0; what.kind < LINK_SOCKETS; what.kind++)
		CHECK(links_socket(links, &what, dup(sv[1])) == 0);
	close(sv[1]);
}

/* Relays, and addresses that stations are answered for. */
static void
configure(void)
{
	static struct conf *former;
	struct conf *conf = conf_new();
	struct conf_iface iface = { .name = "roam0", .naddrs = 1 };

	CHECK(conf != NULL);
	conf->networks[0].max_leases = 100000;	/* nobody is too many */
	conf->networks[0].nrelays = how >> 1 & 1;
	(void)addr_parse("192.168.44.9", &conf->networks[0].relays[0]);
	(void)prefix_parse(how & 4 ? "192.168.44.1/24" : "192.168.44.1/32",
	    &iface.addrs[0]);
	CHECK(conf_add_iface(conf, &iface) == 0);
	links_conf(links, conf);
	event_base_loop(base, EVLOOP_NONBLOCK);
	links_conf(links, conf);
	conf_free(former);
	former = conf;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	char scratch[64];

	if (len < 1 || len > 8192)
		return 0;
	if (base == NULL)
		start();
	how = data[0];
	configure();
	input = data + 1;
	left = len - 1;
	while (left >= 2) {
		(void)send(wire, "", 1, MSG_DONTWAIT);
		event_base_loop(base, EVLOOP_NONBLOCK);
		while (recv(wire, scratch, sizeof(scratch), MSG_DONTWAIT) > 0)
			continue;
	}
	return 0;
}
