/* SPDX-License-Identifier: ISC */
/* The sockets that receive frames of stations, with their filters. */
#include <sys/socket.h>

#include <arpa/inet.h>
#include <errno.h>
#include <linux/filter.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <netinet/in.h>
#include <string.h>
#include <unistd.h>

#include "kernel/sock.h"

#define DHCP_SERVER_PORT	67
#define DHCP_CLIENT_PORT	68
#define DHCP6_CLIENT_PORT	546
#define DHCP6_SERVER_PORT	547
#define DHCP_BUFFER		(8 * 1024 * 1024)
#define NEIGHBOUR_BUFFER	(4 * 1024 * 1024)
#define SNAP			2048	/* what is kept of a frame */

/* Where things are in an Ethernet frame. */
#define AT_ETHERTYPE	12
#define AT_IP		14
#define AT_IP_FRAGMENT	20
#define AT_IP_PROTOCOL	23
#define AT_IP6_NEXT	20
#define AT_ICMP6_TYPE	54
#define AT_UDP6_DPORT	56
#define TAG_LEN		4

static int	open_packet(void);
static int	bind_packet(int, uint32_t);
static void	set_buffer(int, int, int, enum link_socket);
static void	close_keeping_errno(int);

/*
 * Jumps count from the next instruction.  The last three return: not for us;
 * DHCP; neighbour.
 */
#define HEAD_LEN	11
#define BODY_LEN	25
#define FILTER_LEN	(HEAD_LEN + 2 * BODY_LEN + 3)
#define FOR_NONE	(FILTER_LEN - 3)
#define FOR_DHCP	(FILTER_LEN - 2)
#define FOR_NEIGHBOUR	(FILTER_LEN - 1)
#define DROP(at)	(FOR_NONE - ((at) + 1))
#define DHCP(at)	(FOR_DHCP - ((at) + 1))
#define NEIGHBOUR(at)	(FOR_NEIGHBOUR - ((at) + 1))
#define LOAD(size, at)	BPF_STMT(BPF_LD | (size) | BPF_ABS, (at))
#define IF_EQ(k, t, f)	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (k), (t), (f))
#define IF_ANY(k, t, f)	BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, (k), (t), (f))

/*
 * A tag that the kernel has taken out of the frame: one with a VLAN is of
 * another network, one with a priority alone (VID 0) is as none (IEEE 802.1Q
 * 9.6).  Four instructions; drop: the jump behind the last of them.
 */
#define VID_BITS	0xfff
#define UNTAGGED(drop) \
	LOAD(BPF_W, (uint32_t)(SKF_AD_OFF + SKF_AD_VLAN_TAG_PRESENT)), \
	IF_EQ(0, 2, 0), \
	LOAD(BPF_W, (uint32_t)(SKF_AD_OFF + SKF_AD_VLAN_TAG)), \
	IF_ANY(VID_BITS, (drop), 0)

/*
 * The kind of frame, at b of the filter, of which `skip' octets are a tag: ARP;
 * IPv4, UDP, not a later fragment, to a DHCP port; IPv6, ICMPv6 with no header
 * between, RS, RA, NS or NA; or UDP, likewise, to a DHCPv6 port.
 */
#define BODY(b, skip) \
	LOAD(BPF_H, AT_ETHERTYPE + (skip)), \
	IF_EQ(ETH_P_ARP, NEIGHBOUR((b) + 1), 0), \
	IF_EQ(ETH_P_IP, 2, 0), \
	IF_EQ(ETH_P_IPV6, 9, 0), \
	BPF_STMT(BPF_JMP | BPF_JA, DROP((b) + 4)), \
	LOAD(BPF_B, AT_IP_PROTOCOL + (skip)), \
	IF_EQ(IPPROTO_UDP, 0, DROP((b) + 6)), \
	LOAD(BPF_H, AT_IP_FRAGMENT + (skip)), \
	IF_ANY(0x1fff, DROP((b) + 8), 0), \
	BPF_STMT(BPF_LDX | BPF_B | BPF_MSH, AT_IP + (skip)), \
	BPF_STMT(BPF_LD | BPF_H | BPF_IND, AT_IP + (skip) + 2), \
	IF_EQ(DHCP_SERVER_PORT, DHCP((b) + 11), 0), \
	IF_EQ(DHCP_CLIENT_PORT, DHCP((b) + 12), DROP((b) + 12)), \
	LOAD(BPF_B, AT_IP6_NEXT + (skip)), \
	IF_EQ(IPPROTO_ICMPV6, 0, 6), \
	LOAD(BPF_B, AT_ICMP6_TYPE + (skip)), \
	IF_EQ(133, NEIGHBOUR((b) + 16), 0), \
	IF_EQ(134, NEIGHBOUR((b) + 17), 0), \
	IF_EQ(135, NEIGHBOUR((b) + 18), 0), \
	IF_EQ(136, NEIGHBOUR((b) + 19), 0), \
	BPF_STMT(BPF_JMP | BPF_JA, DROP((b) + 20)), \
	IF_EQ(IPPROTO_UDP, 0, DROP((b) + 21)), \
	LOAD(BPF_H, AT_UDP6_DPORT + (skip)), \
	IF_EQ(DHCP6_SERVER_PORT, DHCP((b) + 23), 0), \
	IF_EQ(DHCP6_CLIENT_PORT, DHCP((b) + 24), DROP((b) + 24))

static const struct sock_filter filter[FILTER_LEN] = {
	/*
	 * Not frames that we send, or that only a promiscuous interface
	 * receives.
	 */
	LOAD(BPF_W, (uint32_t)(SKF_AD_OFF + SKF_AD_PKTTYPE)),
	IF_EQ(PACKET_OUTGOING, DROP(1), 0),
	IF_EQ(PACKET_OTHERHOST, DROP(2), 0),
	UNTAGGED(DROP(6)),
	/* A tag that is in the frame still, alike. */
	LOAD(BPF_H, AT_ETHERTYPE),
	IF_EQ(ETH_P_8021Q, 0, 2),
	LOAD(BPF_H, AT_ETHERTYPE + 2),
	IF_ANY(VID_BITS, DROP(10), BODY_LEN),
	BODY(HEAD_LEN, 0),
	BODY(HEAD_LEN + BODY_LEN, TAG_LEN),
	/* This socket receives one of the last two. */
	BPF_STMT(BPF_RET | BPF_K, 0),
	BPF_STMT(BPF_RET | BPF_K, 0),
	BPF_STMT(BPF_RET | BPF_K, 0)
};

int
sock_packet_open(uint32_t ifindex, enum link_socket kind)
{
	int fd, on = 1;

	if ((fd = open_packet()) == -1)
		return -1;
	set_buffer(fd, SO_RCVBUFFORCE, SO_RCVBUF, kind);
	set_buffer(fd, SO_SNDBUFFORCE, SO_SNDBUF, kind);
	/* Shows which checksums a local sender left to the hardware. */
	if (setsockopt(fd, SOL_PACKET, PACKET_AUXDATA, &on, sizeof(on)) == -1 ||
	    sock_filter_attach(fd, kind) == -1 ||
	    bind_packet(fd, ifindex) == -1) {
		close_keeping_errno(fd);
		return -1;
	}
	return fd;
}

/*
 * Room for a crowd that sends at once, and for the answers.  The kernel doubles
 * it, and charges more than 1 kB for a small frame, more than 2 for a long
 * one.  More than net.core allows needs CAP_NET_ADMIN.
 */
static void
set_buffer(int fd, int force, int may, enum link_socket kind)
{
	int size = kind == LINK_SOCKET_DHCP ? DHCP_BUFFER : NEIGHBOUR_BUFFER;

	if (setsockopt(fd, SOL_SOCKET, force, &size, sizeof(size)) == -1)
		(void)setsockopt(fd, SOL_SOCKET, may, &size, sizeof(size));
}

static int
open_packet(void)
{
	int fd, on = 1;

	fd = socket(AF_PACKET, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	/* On kernels before 4.20 the filters do this. */
	if (fd != -1)
		(void)setsockopt(fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, &on,
		    sizeof(on));
	return fd;
}

/* Bind last: nothing arrives before the filter is set. */
static int
bind_packet(int fd, uint32_t ifindex)
{
	struct sockaddr_ll sll = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(ETH_P_ALL),
		.sll_ifindex = (int)ifindex
	};

	if (ifindex == 0) {
		errno = ENODEV;		/* 0 would mean all interfaces */
		return -1;
	}
	return bind(fd, (struct sockaddr *)&sll, sizeof(sll));
}

/*
 * IEEE Std 802.2 5.4.1.1.2, with the octets of the kernel's
 * cfg80211_send_layer2_update.  For all protocols: only such a socket sees the
 * frames of a bridge port or below a macvlan.
 */
int
sock_xid_open(uint32_t ifindex)
{
	struct sock_filter xid[] = {
		LOAD(BPF_W, (uint32_t)(SKF_AD_OFF + SKF_AD_PKTTYPE)),
		IF_EQ(PACKET_OUTGOING, 11, 0),
		UNTAGGED(7),
		LOAD(BPF_H, AT_ETHERTYPE),
		IF_EQ(6, 0, 5),			/* a length, of LLC and XID */
		LOAD(BPF_H, AT_IP),
		IF_EQ(0x0001, 0, 3),		/* null to null, a response */
		LOAD(BPF_B, AT_IP + 2),
		IF_EQ(0xaf, 0, 1),		/* XID, final */
		BPF_STMT(BPF_RET | BPF_K, 64),
		BPF_STMT(BPF_RET | BPF_K, 0)
	};
	struct sock_fprog prog = { sizeof(xid) / sizeof(xid[0]), xid };
	int fd;

	if ((fd = open_packet()) == -1)
		return -1;
	if (setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &prog,
	    sizeof(prog)) == -1 || bind_packet(fd, ifindex) == -1) {
		close_keeping_errno(fd);
		return -1;
	}
	return fd;
}

int
sock_filter_attach(int fd, enum link_socket kind)
{
	struct sock_filter program[FILTER_LEN];
	struct sock_fprog prog = { FILTER_LEN, program };
	int on = 1;

	memcpy(program, filter, sizeof(program));
	program[kind == LINK_SOCKET_DHCP ? FOR_DHCP : FOR_NEIGHBOUR].k = SNAP;
	if (setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &prog,
	    sizeof(prog)) == -1)
		return -1;
	return setsockopt(fd, SOL_SOCKET, SO_LOCK_FILTER, &on, sizeof(on));
}

int
sock_dhcp_port(void)
{
	struct sock_filter none = BPF_STMT(BPF_RET | BPF_K, 0);
	struct sock_fprog prog = { 1, &none };
	struct sockaddr_in sin = {
		.sin_family = AF_INET,
		.sin_port = htons(DHCP_SERVER_PORT)
	};
	int fd, on = 1;

	if ((fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC,
	    0)) == -1)
		return -1;
	if (setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &prog,
	    sizeof(prog)) == -1 ||
	    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) == -1 ||
	    bind(fd, (struct sockaddr *)&sin, sizeof(sin)) == -1) {
		close_keeping_errno(fd);
		return -1;
	}
	return fd;
}

static void
close_keeping_errno(int fd)
{
	int saved_errno = errno;

	close(fd);
	errno = saved_errno;
}
