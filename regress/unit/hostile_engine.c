/* SPDX-License-Identifier: ISC */
/*
 * Replaces the engine of a daemon whose other programs are the real ones: it
 * sends its parent one message, whose type and length are in SROAMD_HOSTILE,
 * and waits for the end.
 */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/imsg.h"
#include "proc/child.h"

int
main(void)
{
	static uint8_t	 octets[IMSG_MAX];
	struct pollfd	 pfd = { .fd = CHILD_FD, .events = POLLIN };
	struct imsgbuf	*parent;
	const char	*what = getenv("SROAMD_HOSTILE");
	unsigned int	 type, len;
	int		 patience;

	parent = imsgbuf_new(CHILD_FD, false, sizeof(octets));
	if (what == NULL || sscanf(what, "%u %u", &type, &len) != 2 ||
	    parent == NULL || len > IMSG_MAX - IMSG_HEADER)
		return 99;
	if (imsg_compose(parent, type, 0, -1, octets, len) == -1 ||
	    imsgbuf_write(parent) == -1)
		return 99;
	for (patience = 0; patience < 100; patience++)
		if (poll(&pfd, 1, 100) > 0 &&
		    read(CHILD_FD, octets, sizeof(octets)) <= 0)
			return 0;
	return 99;
}
