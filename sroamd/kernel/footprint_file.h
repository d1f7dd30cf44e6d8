/* SPDX-License-Identifier: ISC */
/*
 * What a run has set in the kernel and cannot be known for ours by looking:
 * it stays when the daemon ends, and the next run, which may have another
 * configuration, takes back what it does not want.  Kept as a file of lines in
 * the state folder, which is root's.
 */
#ifndef SROAMD_FOOTPRINT_H
#define SROAMD_FOOTPRINT_H

#include "conf/conf.h"

#define FOOTPRINT_PREFIXES	(5 * CONF_PREFIXES)
#define FOOTPRINT_ADDRS		(CONF_IFACES * CONF_ADDRS)

struct footprint_addr {
	char		ifname[16];
	struct prefix	addr;		/* with the length that was set */
};

struct footprint_mac {
	char		ifname[16];
	struct mac	set, was;	/* set is zero: nothing any more */
};

/* All octets that mean nothing are zero. */
struct footprint {
	/* of routes; 0: nothing is set */
	uint32_t		table;
	uint32_t		nprefixes, naddrs, nmacs;
	struct prefix		prefixes[FOOTPRINT_PREFIXES];
	struct footprint_addr	addrs[FOOTPRINT_ADDRS];
	struct footprint_mac	macs[CONF_IFACES];
};

/*
 * Empty when there is none, or the machine was booted since; a line that makes
 * no sense is passed over.
 */
void	footprint_read(const char *dir, struct footprint *);
/* Whole or not at all; an empty one removes the file.  0, or -1 and errno. */
int	footprint_write(const char *dir, const struct footprint *);
#endif
