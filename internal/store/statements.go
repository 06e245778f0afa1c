package store

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
)

// maxPrepared limits the statements that one connection keeps prepared. There are far fewer texts that are used often.
const maxPrepared = 300

// preparedConnector makes connections to SQLite that keep what they have prepared. Parsing its SQL was nearly half of
// the processor time of filing a ticket (River's statements and ours alike).
type preparedConnector struct{ driver.Connector }

// sqliteConn is what the driver's connections can do and database/sql asks for.
type sqliteConn interface {
	driver.Conn
	driver.ConnPrepareContext
	driver.ConnBeginTx
	driver.ExecerContext
	driver.QueryerContext
	driver.Pinger
	driver.SessionResetter
	driver.Validator
}

// sqliteStatement is what the driver's statements can do.
type sqliteStatement interface {
	driver.Stmt
	driver.StmtExecContext
	driver.StmtQueryContext
}

// Connect opens a connection.
func (c preparedConnector) Connect(ctx context.Context) (driver.Conn, error) {
	opened, err := c.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	conn, ok := opened.(sqliteConn)
	if !ok {
		return nil, errors.Join(fmt.Errorf("SQLite's driver has another kind of connection: %T", opened), opened.Close())
	}
	return &preparedConn{sqliteConn: conn, kept: map[string]*prepared{}}, nil
}

// preparedConn is a connection and its prepared statements. database/sql never uses a connection, or rows that come
// from it, twice at the same moment.
type preparedConn struct {
	sqliteConn
	kept map[string]*prepared
}

// prepared is a statement; while reading, its rows are not closed and it can do nothing else.
type prepared struct {
	sqliteStatement
	reading bool
}

// ExecContext runs a statement.
func (c *preparedConn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	st, err := c.statement(ctx, query)
	if err != nil {
		return nil, err
	}
	if st == nil {
		return c.sqliteConn.ExecContext(ctx, query, args)
	}
	return st.ExecContext(ctx, args)
}

// QueryContext runs a query. Its statement is free again once the rows are closed.
func (c *preparedConn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	st, err := c.statement(ctx, query)
	if err != nil {
		return nil, err
	}
	if st == nil {
		return c.sqliteConn.QueryContext(ctx, query, args)
	}
	rows, err := st.QueryContext(ctx, args)
	if err != nil {
		return nil, err
	}
	st.reading = true
	return preparedRows{rows, st}, nil
}

// statement returns the prepared statement, nil if it is in use: a query may be made again while its rows are read.
func (c *preparedConn) statement(ctx context.Context, query string) (*prepared, error) {
	if st := c.kept[query]; st != nil {
		if st.reading {
			return nil, nil //nolint:nilnil // See above.
		}
		return st, nil
	}
	made, err := c.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	st, ok := made.(sqliteStatement)
	if !ok {
		return nil, errors.Join(fmt.Errorf("SQLite's driver has another kind of statement: %T", made), made.Close())
	}
	if len(c.kept) >= maxPrepared {
		c.forgetOne()
	}
	c.kept[query] = &prepared{sqliteStatement: st}
	return c.kept[query], nil
}

// forgetOne closes any statement that is not in use: which one matters little, as there are so few texts.
func (c *preparedConn) forgetOne() {
	for query, st := range c.kept {
		if !st.reading {
			_ = st.Close() // It returns the error of its last run, which was reported then.
			delete(c.kept, query)
			return
		}
	}
}

// Close closes the statements and the connection.
func (c *preparedConn) Close() error {
	for _, st := range c.kept {
		_ = st.Close() // See forgetOne.
	}
	clear(c.kept)
	return c.sqliteConn.Close()
}

// preparedRows frees its statement when closed.
type preparedRows struct {
	driver.Rows
	statement *prepared
}

// Close closes the rows.
func (r preparedRows) Close() error {
	r.statement.reading = false
	return r.Rows.Close()
}
