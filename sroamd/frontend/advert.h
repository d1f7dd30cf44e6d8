/* SPDX-License-Identifier: ISC */
/*
 * What router advertisements say besides prefixes, made of the
 * configuration.  What a reload takes away is said to be gone for as long as
 * stations may still believe in it.
 */
#ifndef SROAMD_FRONTEND_ADVERT_H
#define SROAMD_FRONTEND_ADVERT_H

#include "common/monotime.h"
#include "conf/conf.h"
#include "wire/dhcp6.h"
#include "wire/nd.h"

struct advert_options {
	struct wire_nd_options	options;
	monotime_t		until;		/* what is gone is forgotten */
};

/* Zeroed at first; a configuration is in force from now on. */
void				 advert_options_conf(struct advert_options *,
				    const struct conf_global *, monotime_t now);
const struct wire_nd_options	*advert_options(struct advert_options *,
				    monotime_t now);
/* For DHCPv6 what is in force is enough: clients ask again. */
void				 dhcp6_options_conf(struct wire_dhcp6_options *,
				    const struct conf_global *);
#endif
