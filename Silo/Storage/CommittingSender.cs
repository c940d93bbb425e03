using Garnet.networking;
using Garnet.server;

namespace TaskGrid.Embedded;

/// <summary>Sends an answer once everything written before it is in the log's file; passes on all else.</summary>
internal sealed unsafe class CommittingSender(INetworkSender inner, StoreApi store) : INetworkSender
{
    public MaxSizeSettings GetMaxSizeSettings => inner.GetMaxSizeSettings;

    public string RemoteEndpointName => inner.RemoteEndpointName;

    public string LocalEndpointName => inner.LocalEndpointName;

    public bool SendResponse(int offset, int size)
    {
        WaitForCommit();
        return inner.SendResponse(offset, size);
    }

    public void SendResponse(byte[] buffer, int offset, int count, object context)
    {
        WaitForCommit();
        inner.SendResponse(buffer, offset, count, context);
    }

    public bool IsLocalConnection() => inner.IsLocalConnection();

    public void Enter() => inner.Enter();

    public void EnterAndGetResponseObject(out byte* head, out byte* tail) => inner.EnterAndGetResponseObject(out head, out tail);

    public void Exit() => inner.Exit();

    public void ExitAndReturnResponseObject() => inner.ExitAndReturnResponseObject();

    public void GetResponseObject() => inner.GetResponseObject();

    public void ReturnResponseObject() => inner.ReturnResponseObject();

    public byte* GetResponseObjectHead() => inner.GetResponseObjectHead();

    public byte* GetResponseObjectTail() => inner.GetResponseObjectTail();

    public void SendCallback(object context) => inner.SendCallback(context);

    public void DisposeNetworkSender(bool waitForSendCompletion) => inner.DisposeNetworkSender(waitForSendCompletion);

    public void Throttle() => inner.Throttle();

    public bool TryClose() => inner.TryClose();

    public void Dispose() => inner.Dispose();

    // Garnet calls this on the thread that serves the connection, and blocks it likewise when it waits by itself.
    private void WaitForCommit()
    {
        var committed = store.WaitForCommitAsync();
        if (!committed.IsCompletedSuccessfully)
        {
            committed.AsTask().GetAwaiter().GetResult();
        }
    }
}
