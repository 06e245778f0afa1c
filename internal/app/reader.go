package app

import (
	"context"
	"log/slog"

	"docket/internal/config"
	"docket/internal/controls"
	"docket/internal/query"
	"docket/internal/store"
)

// Reader reads what the command line lists where no server runs.
func Reader(ctx context.Context, cfg config.Config, st *store.Store) (query.Reader, error) {
	a := &App{config: cfg}
	desks, err := a.makeDesks(ctx, st)
	if err != nil {
		return query.Reader{}, err
	}
	board, err := Board(ctx, cfg, st)
	if err != nil {
		return query.Reader{}, err
	}
	r, err := newRules(cfg, desks.timings(), flagsOf(board))
	if err != nil {
		return query.Reader{}, err
	}
	reader := query.Reader{Store: st, Desk: cfg.Desk, Several: len(desks) > 1, StaleAfter: cfg.Policies.StaleAfter, Policy: r.policy,
		Words: r.words, Board: board}
	localDesk, err := a.local(ctx, st, desks)
	if localDesk != nil {
		reader.LinkBase = localDesk.LinkBase()
	}
	return reader, err
}

// Board is the switchboard as it is, for the command line where no server runs. It is
// let go of with the process.
func Board(ctx context.Context, cfg config.Config, st *store.Store) (*controls.Board, error) {
	board, err := controls.New(ctx, st, cfg.Flags, slog.New(slog.DiscardHandler))
	if err != nil {
		return nil, err
	}
	return board, board.Load(ctx)
}

// flagsOf asks the board for flags outside of any request: they are the same for everybody.
func flagsOf(board *controls.Board) func(flag string) bool {
	return func(flag string) bool { return board.On(context.Background(), flag) }
}
