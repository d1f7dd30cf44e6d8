/* SPDX-License-Identifier: ISC */
/* Settings of the system that stations depend on: sysctl.h. */
#include <sys/socket.h>

#include <fcntl.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "kernel/event.h"
#include "kernel/netconf.h"
#include "kernel/node.h"
#include "kernel/state.h"
#include "kernel/sysctl.h"

/* How the kernel makes one value of "all" and the interface's own. */
enum rule {
	OWN,			/* "all" is not looked at */
	GREATER,		/* of both, as "or" is */
	BOTH			/* as "and" is: the smaller one */
};

enum whose {
	OF_STATIONS,		/* an interface with stations */
	OF_LOWER		/* what is below a macvlan with stations */
};

static const struct sysctl {
	int		 v;		/* 4, 6 */
	const char	*name;
	enum rule	 rule;
	enum whose	 whose;
	unsigned int	 wrong;		/* values, a bit each; 31: others */
	int		 right;
	const char	*what;		/* is wrong then */
} sysctls[] = {
	/*
	 * Its packets come before its routes: from elsewhere, as it seems.
	 */
	{ 4, "rp_filter", GREATER, OF_STATIONS, 1u << 1, 0,
	    "the kernel drops what a station sends until its route is set" },
	{ 4, "arp_filter", GREATER, OF_STATIONS, ~1u, 0,
	    "the kernel answers no ARP for the gateway until the station's "
	    "route is set" },
	/* The gateway's prefix does not cover the sender; or none at all. */
	{ 4, "arp_ignore", GREATER, OF_STATIONS, 1u << 2 | 1u << 8, 0,
	    "the kernel answers no ARP for the gateway" },
	{ 4, "accept_redirects", BOTH, OF_STATIONS, ~1u, 0,
	    "the kernel takes redirects from stations" },
	{ 6, "accept_ra", OWN, OF_STATIONS, 1u << 2, 0,
	    "the kernel takes router advertisements from stations" },
	{ 6, "disable_ipv6", OWN, OF_STATIONS, ~1u, 0,
	    "no IPv6 for stations" },
	/* One would send a station to another: it may roam, or not be heard. */
	{ 4, "send_redirects", GREATER, OF_STATIONS, ~1u, 0,
	    "the kernel redirects stations to one another" },
	/*
	 * Linux answers ARP for every address of the host on every interface:
	 * the lower interface of a macvlan with its own MAC, before ours does.
	 */
	{ 4, "arp_ignore", GREATER, OF_LOWER, 1u << 0, 1,
	    "answers ARP for the gateway with its own MAC address" }
};

#define NSYSCTLS	(sizeof(sysctls) / sizeof(sysctls[0]))

static void	look(struct kernel *, struct kiface *, unsigned int,
		    const bool[7]);
static bool	is_wrong(const struct sysctl *, const char *);
static int	value(const struct sysctl *, const char *);
static void	say(struct kernel *, const struct kiface *, unsigned int,
		    const char *, bool);

int
sysctl_read(const char *path)
{
	char text[16] = "";
	int fd, n = 0;

	if ((fd = open(path, O_RDONLY | O_CLOEXEC)) == -1)
		return -1;
	n = (int)read(fd, text, sizeof(text) - 1);
	close(fd);
	return n > 0 ? atoi(text) : -1;
}

void
sysctl_check(struct kernel *k)
{
	bool served[7] = { [4] = netconf_serves(k, true),
	    [6] = netconf_serves(k, false) };
	struct kiface *i;
	unsigned int s;

	TAILQ_FOREACH(i, &k->ifaces, entry)
		for (s = 0; i->node != NULL && s < NSYSCTLS; s++)
			look(k, i, s, served);
}

void
sysctl_forget(struct kernel *k)
{
	struct kiface *i;

	TAILQ_FOREACH(i, &k->ifaces, entry)
		i->sysctls = 0;
}

static void
look(struct kernel *k, struct kiface *i, unsigned int s, const bool served[7])
{
	const struct sysctl *c = &sysctls[s];
	const char *name = i->node->link.name;
	struct knode *lower;
	bool wrong = served[c->v];

	if (c->whose == OF_LOWER) {
		lower = i->node->link.macvlan ?
		    node_find(k, i->node->link.lower) : NULL;
		wrong &= lower != NULL;
		name = lower != NULL ? lower->link.name : name;
	}
	wrong = wrong && is_wrong(c, name);
	if (wrong == ((i->sysctls >> s & 1) != 0))
		return;
	i->sysctls ^= (uint16_t)(1u << s);
	say(k, i, s, name, wrong);
}

static bool
is_wrong(const struct sysctl *c, const char *ifname)
{
	int own = value(c, ifname), all, v = own;

	if (c->rule != OWN) {
		all = value(c, "all");
		if (c->rule == GREATER ? all > own : all < own)
			v = all;
	}
	if (own == -1)
		return false;
	return c->wrong >> (v > 31 ? 31 : v) & 1;
}

static int
value(const struct sysctl *c, const char *which)
{
	char path[100];

	snprintf(path, sizeof(path), "/proc/sys/net/ipv%d/conf/%s/%s", c->v,
	    which, c->name);
	return sysctl_read(path);
}

/* A line a minute of each: somebody may change it as often as he likes. */
static void
say(struct kernel *k, const struct kiface *i, unsigned int s, const char *name,
    bool wrong)
{
	const struct sysctl *c = &sysctls[s];
	int cause = RTM_GETNETCONF << 16 | (int)i->index << 8 | (int)s << 1;
	char all[80] = "", by[40] = "";

	if (c->whose == OF_LOWER)
		snprintf(by, sizeof(by), "%s below it ", name);
	if (!wrong) {
		kernel_warn(k, cause | 1, "%s: net.ipv%d.conf.%s.%s is right "
		    "again", i->conf.name, c->v, name, c->name);
		return;
	}
	if (c->rule == GREATER && c->right == 0)
		snprintf(all, sizeof(all), "net.ipv%d.conf.all.%s=0 and ",
		    c->v, c->name);
	kernel_warn(k, cause, "%s: %s%s: set %snet.ipv%d.conf.%s.%s=%d",
	    i->conf.name, by, c->what, all, c->v, name, c->name, c->right);
}
