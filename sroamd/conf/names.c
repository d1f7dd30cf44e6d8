/* SPDX-License-Identifier: ISC */
/* The names of networks: names.h. */
#include <string.h>

#include "conf/names.h"

_Static_assert(CTL_NETWORK_NAME == NETWORK_NAME_MAX, "names fit");

void
conf_names_make(struct conf_names *all, const struct conf *conf)
{
	uint32_t	i;
	size_t		len, width = 0;

	memset(all, 0, sizeof(*all));
	for (i = 0; i < conf->nnetworks && i < CONF_NETWORKS; i++) {
		strlcpy(all->list[i].network,
		    conf_network_text(&conf->networks[i]),
		    sizeof(all->list[i].network));
		if ((len = strlen(all->list[i].network)) > width)
			width = len;
		all->n++;
	}
	for (i = 0; i < all->n && all->n > 1; i++)
		all->list[i].width = (uint8_t)width;
}

int
conf_names_find(const struct conf_names *all, const char *name)
{
	uint32_t	i;

	for (i = 0; i < all->n; i++)
		if (strcmp(all->list[i].network, name) == 0)
			return (int)i;
	return -1;
}
