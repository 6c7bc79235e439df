// What an API server asks of a kubelet, with no containers behind it: exec says which command it was given, then hands
// stdin back; attach hands it back at once; the log is one line. The streams are the kubelet's own code.
package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"time"

	"k8s.io/cri-streaming/pkg/streaming/remotecommand"
)

type containers struct{}

func (containers) ExecInContainer(_ context.Context, _, _, container string, command []string, in io.Reader, out, _ io.WriteCloser, _ bool, _ <-chan remotecommand.TerminalSize, _ time.Duration) error {
	fmt.Fprintf(out, "%s: %s\n", container, strings.Join(command, " "))
	return echo(in, out)
}

func (containers) AttachContainer(_ context.Context, _, _, _ string, in io.Reader, out, _ io.WriteCloser, _ bool, _ <-chan remotecommand.TerminalSize) error {
	return echo(in, out)
}

func echo(in io.Reader, out io.Writer) error {
	if in == nil {
		return nil
	}
	_, err := io.Copy(out, in)
	return err
}

func main() {
	if len(os.Args) != 4 {
		fmt.Fprintln(os.Stderr, "usage: kubelet ADDRESS:PORT CERT KEY")
		os.Exit(2)
	}
	const idle = 5 * time.Minute
	streams := func(serve func(http.ResponseWriter, *http.Request, *remotecommand.Options)) http.HandlerFunc {
		return func(w http.ResponseWriter, req *http.Request) {
			options, err := remotecommand.NewOptions(req)
			if err != nil {
				http.Error(w, err.Error(), http.StatusBadRequest)
				return
			}
			serve(w, req, options)
		}
	}
	http.Handle("/exec/{namespace}/{pod}/{container}", streams(func(w http.ResponseWriter, req *http.Request, options *remotecommand.Options) {
		remotecommand.ServeExec(w, req, containers{}, req.PathValue("pod"), "", req.PathValue("container"), req.Form["command"], options, idle, remotecommand.DefaultStreamCreationTimeout, remotecommand.SupportedStreamingProtocols)
	}))
	http.Handle("/attach/{namespace}/{pod}/{container}", streams(func(w http.ResponseWriter, req *http.Request, options *remotecommand.Options) {
		remotecommand.ServeAttach(w, req, containers{}, req.PathValue("pod"), "", req.PathValue("container"), options, idle, remotecommand.DefaultStreamCreationTimeout, remotecommand.SupportedStreamingProtocols)
	}))
	http.HandleFunc("/containerLogs/{namespace}/{pod}/{container}", func(w http.ResponseWriter, req *http.Request) {
		fmt.Fprintf(w, "a line of %s\n", req.PathValue("container"))
	})
	fmt.Fprintln(os.Stderr, http.ListenAndServeTLS(os.Args[1], os.Args[2], os.Args[3], nil))
	os.Exit(1)
}
