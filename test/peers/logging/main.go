// Stands for Cloud Logging on 127.0.0.1 at the port given, in Google's own types and their JSON, until it is killed:
// entries.list over REST, a token endpoint beside it, and /control, by which a test puts entries in and asks for faults.
package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"cloud.google.com/go/logging/apiv2/loggingpb"
	_ "google.golang.org/genproto/googleapis/cloud/audit"
	"google.golang.org/protobuf/encoding/protojson"
)

// What a test asks for. Faults are used up one a request, in order, before any page.
type control struct {
	Entries []json.RawMessage `json:"entries"`
	Faults  []string          `json:"faults"`
	Token   string            `json:"token"`
	// Every entry stands in each page twice, the last first.
	Disordered bool `json:"disordered"`
}

type server struct {
	mu         sync.Mutex
	entries    []*loggingpb.LogEntry
	faults     []string
	token      string
	disordered bool
	asked      []json.RawMessage
	tokens     int
}

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: logging PORT")
		os.Exit(2)
	}
	s := &server{}
	http.HandleFunc("POST /v2/entries:list", s.list)
	http.HandleFunc("POST /token", s.giveToken)
	http.HandleFunc("POST /control", s.control)
	http.HandleFunc("GET /asked", s.showAsked)
	http.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "ok") })
	fmt.Fprintln(os.Stderr, http.ListenAndServe("127.0.0.1:"+os.Args[1], nil))
	os.Exit(1)
}

func (s *server) control(w http.ResponseWriter, r *http.Request) {
	var told control
	if err := json.NewDecoder(r.Body).Decode(&told); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, raw := range told.Entries {
		entry := new(loggingpb.LogEntry)
		if err := protojson.Unmarshal(raw, entry); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		s.entries = append(s.entries, entry)
	}
	s.faults = append(s.faults, told.Faults...)
	s.disordered = told.Disordered
	if told.Token != "" {
		s.token = told.Token
	}
}

func (s *server) showAsked(w http.ResponseWriter, _ *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	json.NewEncoder(w).Encode(map[string]any{"asked": s.asked, "tokens": s.tokens})
}

func (s *server) giveToken(w http.ResponseWriter, _ *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tokens++
	json.NewEncoder(w).Encode(map[string]any{
		"access_token": s.token, "issued_token_type": "urn:ietf:params:oauth:token-type:access_token",
		"token_type": "Bearer", "expires_in": 3600,
	})
}

func (s *server) list(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	// As Google does: a member that the API does not know is refused.
	request := new(loggingpb.ListLogEntriesRequest)
	if err := protojson.Unmarshal(body, request); err != nil {
		refuse(w, http.StatusBadRequest, "INVALID_ARGUMENT", err.Error())
		return
	}
	s.asked = append(s.asked, body)
	if s.token != "" && r.Header.Get("Authorization") != "Bearer "+s.token {
		refuse(w, http.StatusUnauthorized, "UNAUTHENTICATED", "Request had invalid authentication credentials.")
		return
	}
	if len(s.faults) > 0 {
		fault := s.faults[0]
		s.faults = s.faults[1:]
		s.fail(w, r, fault)
		return
	}
	matches, err := filterOf(request.Filter)
	if err != nil {
		refuse(w, http.StatusBadRequest, "INVALID_ARGUMENT", err.Error())
		return
	}
	page, err := s.page(request, matches)
	if err != nil {
		refuse(w, http.StatusBadRequest, "INVALID_ARGUMENT", err.Error())
		return
	}
	text, err := protojson.Marshal(page)
	if err != nil {
		refuse(w, http.StatusInternalServerError, "INTERNAL", err.Error())
		return
	}
	w.Header().Set("Content-Type", "application/json; charset=UTF-8")
	w.Write(text)
}

func (s *server) page(request *loggingpb.ListLogEntriesRequest, matches func(*loggingpb.LogEntry) bool) (*loggingpb.ListLogEntriesResponse, error) {
	if request.OrderBy != "timestamp asc" || len(request.ResourceNames) == 0 {
		return nil, fmt.Errorf("order by timestamp, in named resources")
	}
	from := 0
	if request.PageToken != "" {
		at, err := strconv.Atoi(request.PageToken)
		if err != nil {
			return nil, fmt.Errorf("page_token is not valid")
		}
		from = at
	}
	all := []*loggingpb.LogEntry{}
	for _, entry := range s.entries {
		if matches(entry) {
			all = append(all, entry)
		}
	}
	slices.SortStableFunc(all, func(a, b *loggingpb.LogEntry) int {
		return a.Timestamp.AsTime().Compare(b.Timestamp.AsTime())
	})
	to := min(len(all), from+int(request.PageSize))
	page := &loggingpb.ListLogEntriesResponse{Entries: slices.Clone(all[min(from, to):to])}
	if to < len(all) {
		page.NextPageToken = strconv.Itoa(to)
	}
	if s.disordered {
		page.Entries = append(page.Entries, page.Entries...)
		slices.Reverse(page.Entries)
	}
	return page, nil
}

func (s *server) fail(w http.ResponseWriter, r *http.Request, fault string) {
	switch fault {
	case "silence":
		s.mu.Unlock()
		<-r.Context().Done()
		s.mu.Lock()
	case "garbage":
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprint(w, "<html>a captive portal says hello</html>")
	case "half":
		fmt.Fprint(w, `{"entries":[{"insertId":"a"`)
	case "nothing":
		fmt.Fprint(w, `{}`)
	case "reset":
		panic(http.ErrAbortHandler)
	default:
		status, err := strconv.Atoi(strings.SplitN(fault, " ", 2)[0])
		if err != nil {
			status = http.StatusInternalServerError
		}
		refuse(w, status, fault[strings.Index(fault, " ")+1:], "said so")
	}
}

func refuse(w http.ResponseWriter, status int, reason string, words string) {
	w.Header().Set("Content-Type", "application/json; charset=UTF-8")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(map[string]any{"error": map[string]any{"code": status, "message": words, "status": reason}})
}

var comparison = regexp.MustCompile(`^([A-Za-z_.]+) ?(=|>=|<=) ?"((?:[^"\\]|\\.)*)"$`)
var either = regexp.MustCompile(`^logName=\("([^"]+)" OR "([^"]+)"\)$`)

// The part of the query language that is asked of it; anything else is refused, not passed over.
func filterOf(filter string) (func(*loggingpb.LogEntry) bool, error) {
	tests := []func(*loggingpb.LogEntry) bool{}
	for _, clause := range strings.Split(filter, " AND ") {
		if names := either.FindStringSubmatch(clause); names != nil {
			tests = append(tests, func(e *loggingpb.LogEntry) bool { return slices.Contains(names[1:], e.LogName) })
			continue
		}
		parts := comparison.FindStringSubmatch(clause)
		if parts == nil {
			return nil, fmt.Errorf("unparseable filter: %s", clause)
		}
		field, operator, value := parts[1], parts[2], parts[3]
		switch field {
		case "timestamp", "receiveTimestamp":
			wanted, err := time.Parse(time.RFC3339Nano, value)
			if err != nil {
				return nil, err
			}
			tests = append(tests, func(e *loggingpb.LogEntry) bool {
				at := e.Timestamp.AsTime()
				if field == "receiveTimestamp" {
					at = e.ReceiveTimestamp.AsTime()
				}
				return operator == ">=" && !at.Before(wanted) || operator == "<=" && !at.After(wanted)
			})
		case "resource.type":
			tests = append(tests, func(e *loggingpb.LogEntry) bool { return e.Resource.GetType() == value })
		case "resource.labels.cluster_name":
			tests = append(tests, func(e *loggingpb.LogEntry) bool { return e.Resource.GetLabels()["cluster_name"] == value })
		case "protoPayload.serviceName":
			tests = append(tests, func(e *loggingpb.LogEntry) bool { return e.GetProtoPayload() != nil })
		default:
			return nil, fmt.Errorf("unknown field in filter: %s", field)
		}
	}
	return func(e *loggingpb.LogEntry) bool {
		for _, test := range tests {
			if !test(e) {
				return false
			}
		}
		return true
	}, nil
}
