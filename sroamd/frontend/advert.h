/* SPDX-License-Identifier: ISC */
/*
 * Contents of router advertisements besides prefixes, made of the
 * configuration.  What a reload removes is advertised with a lifetime of zero
 * for as long as stations may still use it.
 */
#ifndef SROAMD_FRONTEND_ADVERT_H
#define SROAMD_FRONTEND_ADVERT_H

#include "common/monotime.h"
#include "conf/conf.h"
#include "wire/dhcp6.h"
#include "wire/nd.h"

struct advert_options {
	struct wire_nd_options	options;
	monotime_t		until;		/* when removed entries end */
};

/* All zeroes at first; a configuration comes into force. */
void				 advert_options_conf(struct advert_options *,
				    const struct conf_network *,
				    monotime_t now);
const struct wire_nd_options	*advert_options(struct advert_options *,
				    monotime_t now);
/* For DHCPv6 only the options in force: clients ask again. */
void				 dhcp6_options_conf(struct wire_dhcp6_options *,
				    const struct conf_network *);
#endif
