/* SPDX-License-Identifier: ISC */
/*
 * What a run has set in the kernel and nobody can recognise as ours.  It stays
 * when the daemon ends.  The next run, which may have another configuration,
 * takes back what it does not want.  A file of lines in the state folder, which
 * is of root.
 */
#ifndef SROAMD_FOOTPRINT_H
#define SROAMD_FOOTPRINT_H

#include "conf/conf.h"

#define FOOTPRINT_PREFIXES	(3 * CONF_NETWORKS * CONF_PREFIXES)
#define FOOTPRINT_ADDRS		(CONF_IFACES * CONF_ADDRS)

struct footprint_addr {
	char		ifname[16];
	struct prefix	addr;		/* with the length that was set */
};

struct footprint_mac {
	char		ifname[16];
	struct mac	set, was;	/* set is zero: not set */
};

/* Unused octets are zero. */
struct footprint {
	/* of routes; 0: nothing is set */
	uint32_t		table;
	uint32_t		nprefixes, naddrs, nmacs, nvrfs;
	uint32_t		vrfs[CONF_NETWORKS];	/* tables, too */
	struct prefix		prefixes[FOOTPRINT_PREFIXES];
	struct footprint_addr	addrs[FOOTPRINT_ADDRS];
	struct footprint_mac	macs[CONF_IFACES];
};

/*
 * Empty without a file, or if the machine was booted since.  A line that is not
 * understood is skipped.
 */
void	footprint_read(const char *dir, struct footprint *);
/*
 * Writes all or nothing; an empty footprint removes the file.  0, or -1 and
 * errno.
 */
int	footprint_write(const char *dir, const struct footprint *);
#endif
