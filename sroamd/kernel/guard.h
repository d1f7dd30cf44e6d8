/* SPDX-License-Identifier: ISC */
/*
 * What routes do not keep apart, and rules of nftables do: etc/networks.nft and
 * etc/sroamd.nft, or others that are like them.
 *
 * Where there are several networks, stations of each reach the addresses of
 * this router unless a chain at the hook input looks at where a packet comes
 * from, or drops what nothing accepts; and they send in the name of others
 * unless a chain before it looks at sources, too, or at the routes back to
 * them.  What such rules say of each network is not judged: whom to trust is up
 * to who wrote them.  An empty table sroamd_quiet says that something else does
 * all this.
 *
 * Stations behind ports of a bridge that are not isolated play the gateway
 * unless a chain of the bridge looks at its MAC address.
 */
#ifndef SROAMD_KERNEL_GUARD_H
#define SROAMD_KERNEL_GUARD_H

#include <stdbool.h>
#include <stdint.h>

#define GUARD_TABLES	64	/* looked at; with more nothing is said */
#define GUARD_QUIET	"sroamd_quiet"

struct kernel;
struct kernel_nft_chain;
struct kernel_nft_rule;
struct kernel_nft_table;

struct kguard {
	unsigned int	n;
	struct guard_table {
		char		name[64];
		uint8_t		family;		/* NFPROTO_* */
		/* chains at hooks: input; before it; forward */
		bool		input, before, forward;
		bool		drops;		/* at input */
		/* rules that look at our interfaces; at sources, */
		bool		ifaces, source4, source6;
		bool		fib;		/* and the routes to them */
	}		tables[GUARD_TABLES];
	bool		quiet, overflow;
	bool		looked;		/* once, to the end */
	unsigned int	said;		/* of what is open: guard.c */
};

/* A look: all tables, then all chains, then all rules. */
void	guard_begin(struct kernel *);
void	guard_table(struct kernel *, const struct kernel_nft_table *);
void	guard_chain(struct kernel *, const struct kernel_nft_chain *);
void	guard_rule(struct kernel *, const struct kernel_nft_rule *);
/* Its end: what is open is said once; whole: all could be read. */
void	guard_end(struct kernel *, bool whole);
/* Say it again, if it is so. */
void	guard_forget(struct kernel *);
#endif
