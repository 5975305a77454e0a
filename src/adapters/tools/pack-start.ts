/**
 * The script that starts the tool from the directory that it is in, wherever that is and however it is called, with the
 * programs beside it before all others. It needs a POSIX shell, and `readlink` where it is called by a link.
 *
 * @param main the file to start, below `app`.
 */
export function startScript(main: string): string {
  return `#!/bin/sh
# Starts airgap-charts with the Node, helm and crane of this directory.
set -eu
self=$0
case $self in */*) ;; *) self=./$self ;; esac
while [ -h "$self" ]; do
  link=$(readlink "$self")
  case $link in
    /*) self=$link ;;
    *) self=\${self%/*}/$link ;;
  esac
done
here=$(CDPATH='' cd -P -- "\${self%/*}/" && pwd -P)
case $here in
  *:*)
    echo "airgap-charts: the name of the directory $here has a colon, which PATH cannot hold: move it" >&2
    exit 2
    ;;
esac
PATH=$here/bin\${PATH:+:$PATH}
export PATH
exec "$here/bin/node" "$here/app/${main}" "$@"
`;
}
