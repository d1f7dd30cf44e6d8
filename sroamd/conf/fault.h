/* SPDX-License-Identifier: ISC */
/*
 * What is wrong with a whole configuration: faults, which name the record they
 * are about so that the parser can tell its line.
 */
#ifndef SROAMD_CONF_FAULT_H
#define SROAMD_CONF_FAULT_H

#include <stddef.h>
#include <stdint.h>

#include "conf/conf.h"

/*
 * Which record a fault is about: the index-th of a kind, and maybe the member
 * of it at this offset.
 */
enum conf_record {
	RECORD_GLOBAL,		/* the only one */
	RECORD_LISTEN,
	RECORD_PEER,
	RECORD_IFACE,
	RECORD_OPTION,
	RECORD_HOST
};

struct conf_fault {
	enum conf_record	record;
	size_t			index, member;
	char			text[CONF_WHY];
};

/* A check that is under way, and who is told of faults. */
struct conf_check {
	const struct conf	 *conf;
	void			(*fn)(void *arg, const struct conf_fault *);
	void			 *arg;
	struct conf_fault	  about;	/* the record that is checked */
};

/* What the next faults are about: a record, or a setting of the global one. */
void	conf_about(struct conf_check *, enum conf_record, size_t index);
void	conf_about_global(struct conf_check *, const void *member);
void	conf_fault(struct conf_check *, const char *, ...)
	    __attribute__((format(printf, 2, 3)));
/* Call fn for everything that conf_check objects to; 0, or -1: no memory. */
int	conf_faults(const struct conf *, void (*fn)(void *arg,
	    const struct conf_fault *), void *arg);
/* dhcp.c's part of it. */
int	conf_dhcp_faults(struct conf_check *);
#endif
