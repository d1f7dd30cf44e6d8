/* SPDX-License-Identifier: ISC */
/* The parent's capabilities. */
#include <sys/prctl.h>

#include <cap-ng.h>
#include <stdbool.h>
#include <stddef.h>

#include "common/log.h"
#include "parent/sandbox.h"

void
sandbox_parent(void)
{
	static const unsigned int kept[] = {
		CAP_NET_ADMIN, CAP_NET_RAW, CAP_NET_BIND_SERVICE
	};
	capng_select_t which = CAPNG_SELECT_BOTH;
	bool held[sizeof(kept) / sizeof(kept[0])];
	size_t i;

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == -1)
		fatal("sandbox: no new privileges");
	if (capng_get_caps_process() == -1)
		fatalx("sandbox: capabilities cannot be read");
	/* In a container some may be missing: they cannot be asked for. */
	for (i = 0; i < sizeof(kept) / sizeof(kept[0]); i++)
		held[i] = capng_have_capability(CAPNG_PERMITTED, kept[i]);
	if (!capng_have_capability(CAPNG_EFFECTIVE, CAP_SETPCAP))
		which = CAPNG_SELECT_CAPS;
	capng_clear(which);
	for (i = 0; i < sizeof(kept) / sizeof(kept[0]); i++)
		if (held[i])
			capng_update(CAPNG_ADD, CAPNG_EFFECTIVE |
			    CAPNG_PERMITTED | (which == CAPNG_SELECT_BOTH ?
			    CAPNG_BOUNDING_SET : 0), kept[i]);
	if (capng_apply(which) != 0)
		fatalx("sandbox: capabilities cannot be dropped");
}
