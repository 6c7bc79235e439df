// Serves Google's own Pub/Sub fake on 127.0.0.1 at the port given, without TLS and without logins, until it is killed.
// The first acknowledgement of a subscription whose name begins with `lost-` is refused for good, as a late one is; of one
// that begins with `slow-`, for the moment.
package main

import (
	"context"
	"fmt"
	"net"
	"os"
	"strings"
	"sync"

	"cloud.google.com/go/pubsub/v2/apiv1/pubsubpb"
	"cloud.google.com/go/pubsub/v2/pstest"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// Pub/Sub takes messages of 10 MB; the fake's own server keeps gRPC's default of 4 MiB for what it receives.
const maxMessage = 32 << 20

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: pubsub PORT")
		os.Exit(2)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:"+os.Args[1])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fake := pstest.NewServer()
	server := grpc.NewServer(
		grpc.MaxRecvMsgSize(maxMessage),
		grpc.MaxSendMsgSize(maxMessage),
		grpc.UnaryInterceptor(new(faults).refuseFirst),
	)
	pubsubpb.RegisterPublisherServer(server, &fake.GServer)
	pubsubpb.RegisterSubscriberServer(server, &fake.GServer)
	fmt.Println(listener.Addr())
	if err := server.Serve(listener); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

type faults struct{ refused sync.Map }

func (f *faults) refuseFirst(ctx context.Context, req any, _ *grpc.UnaryServerInfo, next grpc.UnaryHandler) (any, error) {
	if ack, ok := req.(*pubsubpb.AcknowledgeRequest); ok {
		name := ack.Subscription[strings.LastIndex(ack.Subscription, "/")+1:]
		reason := map[string]string{"lost": "PERMANENT_FAILURE_INVALID_ACK_ID", "slow": "TRANSIENT_FAILURE_UNORDERED_ACK_ID"}[strings.SplitN(name, "-", 2)[0]]
		if _, again := f.refused.LoadOrStore(name, true); reason != "" && !again {
			why := map[string]string{}
			for _, id := range ack.AckIds {
				why[id] = reason
			}
			refusal, err := status.New(codes.FailedPrecondition, "acknowledgements were refused").
				WithDetails(&errdetails.ErrorInfo{Reason: reason, Domain: "pubsub.googleapis.com", Metadata: why})
			if err != nil {
				return nil, err
			}
			return nil, refusal.Err()
		}
	}
	return next(ctx, req)
}
