# bash completion for sroamctl(8)

_sroamctl()
{
	local cur=${COMP_WORDS[COMP_CWORD]} words= i skip=
	local -a said=()

	for ((i = 1; i < COMP_CWORD; i++)); do
		if [[ -n $skip ]]; then
			skip=
		elif [[ ${COMP_WORDS[i]} == -*[Ns] ]]; then
			skip=${COMP_WORDS[i]: -1}
		elif [[ ${COMP_WORDS[i]} != -* ]]; then
			said+=("${COMP_WORDS[i]}")
		fi
	done
	if [[ $skip == N ]]; then
		words=$(sroamctl -j show networks 2>/dev/null |
		    sed -n 's/^{"network":"\([a-z0-9_-]*\)".*/\1/p')
		mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
		return
	fi
	if [[ $skip == s ]]; then
		mapfile -t COMPREPLY < <(compgen -f -- "$cur")
		return
	fi
	case "${said[*]}" in
	'')
		words='clear disassociate help log monitor reload retire show'
		[[ $cur == -* ]] && words='-h -j -N -n -s -V'
		;;
	clear)
		words='lease router'
		;;
	log)
		words='brief verbose'
		;;
	monitor*)
		words='present live join leave roam flap duplicate
		    network-change lease address-learned renew
		    release expire decline conflict router-up router-silent
		    peer-up peer-down warning reload lost'
		;;
	show)
		words='interfaces leases memory metrics networks peers roams
		    routers routes stations status'
		;;
	esac
	mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
}

complete -F _sroamctl sroamctl
