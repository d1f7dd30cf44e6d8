/* SPDX-License-Identifier: ISC */
#include <sys/socket.h>
#include <sys/types.h>

#include <errno.h>
#include <fcntl.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <string.h>
#include <unistd.h>

#include "advice.h"
#include "log.h"

static void	advise_forwarding(const struct conf *);
static bool	is_off(const char *);
static bool	has_family(const struct conf *, bool);
static void	advise_gateway(const struct conf *, const struct conf_iface *,
		    const struct ifaddrs *);
static void	advise_overlap(const struct conf *, const struct ifaddrs *);
static bool	is_ours(const struct conf *, const char *);
static int	ifa_prefix(const struct ifaddrs *, struct prefix *,
		    struct addr *);
static void	advise_peer(const struct conf_peer *);

void
advice_give(const struct conf *conf)
{
	struct ifaddrs *list;
	size_t i;

	for (i = 0; i < conf->npeers; i++)
		advise_peer(&conf->peers[i]);
	if (conf->nifaces == 0)
		return;		/* it floods, and forwards for nobody */
	advise_forwarding(conf);
	if (getifaddrs(&list) == -1) {
		log_warn("interface addresses cannot be read");
		return;
	}
	for (i = 0; i < conf->nifaces; i++)
		advise_gateway(conf, &conf->ifaces[i], list);
	advise_overlap(conf, list);
	freeifaddrs(list);
}

static void
advise_forwarding(const struct conf *conf)
{
	if (has_family(conf, true) && is_off("/proc/sys/net/ipv4/ip_forward"))
		log_warnx("IPv4 forwarding is off: "
		    "set sysctl net.ipv4.ip_forward=1");
	if (has_family(conf, false) &&
	    is_off("/proc/sys/net/ipv6/conf/all/forwarding"))
		log_warnx("IPv6 forwarding is off: "
		    "set sysctl net.ipv6.conf.all.forwarding=1");
}

static bool
is_off(const char *path)
{
	char value = '1';
	int fd;

	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd == -1)
		return false;
	if (read(fd, &value, 1) != 1)
		value = '1';
	close(fd);
	return value == '0';
}

static bool
has_family(const struct conf *conf, bool v4)
{
	uint32_t i;

	for (i = 0; i < conf->global.nprefixes; i++)
		if (prefix_is_v4(&conf->global.prefixes[i]) == v4)
			return true;
	return false;
}

static void
advise_gateway(const struct conf *conf, const struct conf_iface *iface,
    const struct ifaddrs *list)
{
	bool v4 = false, v6 = false;
	const struct ifaddrs *ifa;
	struct prefix prefix;
	struct addr addr;

	if (if_nametoindex(iface->name) == 0) {
		log_warnx("%s: no such interface now: stations are served "
		    "when it appears", iface->name);
		return;
	}
	for (ifa = list; ifa != NULL; ifa = ifa->ifa_next) {
		if (strcmp(ifa->ifa_name, iface->name) != 0 ||
		    ifa_prefix(ifa, &prefix, &addr) == -1)
			continue;
		v4 = v4 || addr_is_v4(&addr);
		v6 = v6 || addr_is_linklocal(&addr);
	}
	if (!v4 && has_family(conf, true))
		log_warnx("%s: no IPv4 gateway address: "
		    "DHCP is not answered there", iface->name);
	if (!v6 && has_family(conf, false))
		log_warnx("%s: no IPv6 link-local gateway address: "
		    "no router advertisements there", iface->name);
}

static void
advise_overlap(const struct conf *conf, const struct ifaddrs *list)
{
	const struct prefix *ours;
	const struct ifaddrs *ifa;
	struct prefix prefix;
	struct addr addr;
	uint32_t i;

	for (ifa = list; ifa != NULL; ifa = ifa->ifa_next) {
		if (is_ours(conf, ifa->ifa_name) ||
		    ifa_prefix(ifa, &prefix, &addr) == -1)
			continue;
		for (i = 0; i < conf->global.nprefixes; i++) {
			ours = &conf->global.prefixes[i];
			if (prefix_overlaps(ours, &prefix))
				log_warnx("prefix %s overlaps %s/%u of %s, "
				    "which is not an interface of ours",
				    prefix_text(ours), addr_text(&addr),
				    prefix_plen(&prefix), ifa->ifa_name);
		}
	}
}

static bool
is_ours(const struct conf *conf, const char *name)
{
	size_t i;

	for (i = 0; i < conf->nifaces; i++)
		if (strcmp(conf->ifaces[i].name, name) == 0)
			return true;
	return false;
}

/* An address and the prefix it is on; -1: neither IPv4 nor IPv6. */
static int
ifa_prefix(const struct ifaddrs *ifa, struct prefix *prefix,
    struct addr *addr)
{
	struct sockaddr_in6 in6, mask6;
	struct sockaddr_in in, mask;
	uint8_t octets[16];
	unsigned int i;

	if (ifa->ifa_addr == NULL || ifa->ifa_netmask == NULL)
		return -1;
	memset(octets, 0xff, sizeof(octets));
	if (ifa->ifa_addr->sa_family == AF_INET) {
		memcpy(&in, ifa->ifa_addr, sizeof(in));
		memcpy(&mask, ifa->ifa_netmask, sizeof(mask));
		memcpy(octets, &in.sin_addr, 4);
		addr_from_v4(addr, octets);
		memset(octets, 0xff, 12);
		memcpy(octets + 12, &mask.sin_addr, 4);
	} else if (ifa->ifa_addr->sa_family == AF_INET6) {
		memcpy(&in6, ifa->ifa_addr, sizeof(in6));
		memcpy(&mask6, ifa->ifa_netmask, sizeof(mask6));
		memcpy(addr->octet, &in6.sin6_addr, 16);
		memcpy(octets, &mask6.sin6_addr, 16);
	} else
		return -1;
	prefix->addr = *addr;
	prefix->len = 0;
	for (i = 0; i < 128 && (octets[i / 8] & (0x80 >> (i % 8))); i++)
		prefix->len++;
	prefix_mask(prefix);
	return 0;
}

/* A datagram socket that is connected sends nothing, but needs a route. */
static void
advise_peer(const struct conf_peer *peer)
{
	struct sockaddr_in6 in6 = { .sin6_family = AF_INET6 };
	struct sockaddr_in in = { .sin_family = AF_INET };
	bool v4 = addr_is_v4(&peer->addr);
	int fd, rc;

	in.sin_port = in6.sin6_port = htons(peer->port);
	memcpy(&in.sin_addr, addr_v4(&peer->addr), 4);
	memcpy(&in6.sin6_addr, peer->addr.octet, 16);
	fd = socket(v4 ? AF_INET : AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd == -1) {
		log_warn("peer %s", addr_text(&peer->addr));
		return;
	}
	rc = v4 ? connect(fd, (struct sockaddr *)&in, sizeof(in)) :
	    connect(fd, (struct sockaddr *)&in6, sizeof(in6));
	if (rc == -1)
		log_warnx("peer %s: no route to it: %s",
		    addr_text(&peer->addr), strerror(errno));
	close(fd);
}
