/* SPDX-License-Identifier: ISC */
/*
 * Faults of a whole configuration.  Each names the record that it concerns, so
 * that the parser can give its line.
 */
#ifndef SROAMD_CONF_FAULT_H
#define SROAMD_CONF_FAULT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "conf/conf.h"

/*
 * The record of a fault: the index-th of its kind, and maybe the member at an
 * offset.
 */
enum conf_record {
	RECORD_GLOBAL,		/* the only one */
	RECORD_NETWORK,
	RECORD_LISTEN,
	RECORD_PEER,
	RECORD_IFACE,
	RECORD_OPTION,
	RECORD_HOST,
	RECORD_ROUTER,
	RECORD_DENY,
	RECORD_BAR
};

struct conf_fault {
	enum conf_record	 record;
	size_t			 index, member;
	bool			 warning;	/* it is valid all the same */
	char			 text[CONF_WHY];
	/* its second network is the block to write; or NULL */
	const struct conf	*block;
};

/* A check in progress, and the function that gets the faults. */
struct conf_check {
	const struct conf	 *conf;
	void			(*fn)(void *arg, const struct conf_fault *);
	void			 *arg;
	struct conf_fault	  about;	/* the record being checked */
	unsigned int		  nblocks;	/* proposed so far */
};

/* The record of the next faults, or a setting: a global one, or a network's. */
void	conf_about(struct conf_check *, enum conf_record, size_t index);
void	conf_about_global(struct conf_check *, const void *member);
void	conf_about_network(struct conf_check *, const struct conf_network *,
	    const void *member);
void	conf_fault(struct conf_check *, const char *, ...)
	    __attribute__((format(printf, 2, 3)));
/* Valid, and probably not meant so. */
void	conf_warning(struct conf_check *, const char *, ...)
	    __attribute__((format(printf, 2, 3)));
/* Call fn for every fault and warning; 0, or -1: no memory. */
int	conf_faults(const struct conf *, void (*fn)(void *arg,
	    const struct conf_fault *), void *arg);
/* The part of split.c, of one network. */
void	conf_gateway_faults(struct conf_check *, const struct conf_network *);
/* Warnings of a configuration without faults. */
void	conf_advise(const struct conf *, void (*fn)(void *arg,
	    const struct conf_fault *), void *arg);
/* The part of dhcp.c. */
int	conf_dhcp_faults(struct conf_check *);
int	conf_router_faults(struct conf_check *);	/* of router.c */
int	conf_taken_faults(struct conf_check *);		/* of taken.c */
#endif
